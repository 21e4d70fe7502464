# How strong what nobody has observed must be to explain the shipped study's difference, and what models say of the
# scheme's own participants, in R.
#
# The data set is that of a run (its recoding is held against R in ../individual). In this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript sensitivity.R dataset.csv
# It takes half a minute and writes sensitivity.csv (id as in results.json, value, low, high; 17 digits).
#
# glm and lm; cluster-robust errors are vcovCL of sandwich without correction (HC0, cadjust FALSE), those of differences and
# ratios by the delta method. Partial R2 is by residual sums of squares of models with and without the variables, and not
# by the one inverse that ../../../evaluate/sensitivity uses. The municipality model is glmmTMB's with Laplace's
# approximation; its difference is by Gauss-Hermite quadrature with 61 nodes.
# Made with R 4.2.2, sandwich 3.0-2, glmmTMB 1.1.5. Tolerances in the test.
suppressMessages({library(sandwich); library(glmmTMB)})
options(digits = 17, warn = 1)
all <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character", project = "character"))
all$treated <- as.numeric(all$scheme == "jobbsjansen")
z <- qnorm(0.975)
out <- NULL
tell <- function(id, value, low = NA, high = NA)
  out <<- rbind(out, data.frame(id, value = sprintf("%.17g", value), low = sprintf("%.17g", low), high = sprintf("%.17g", high)))
e_value <- function(rr) { r <- max(rr, 1 / rr); r + sqrt(r * (r - 1)) }
e_values <- function(kind, model, value, low, high) {
  tell(paste("e_value", kind, model, "jobbsjansen", sep = "."), e_value(value))
  tell(paste("e_value_limit", kind, model, "jobbsjansen", sep = "."), if (low <= 1 && high >= 1) 1 else e_value(if (low > 1) low else high))
}

d <- all[all$in_individual == 1, ]
measures <- grep("^measure_", names(d), value = TRUE); origins <- grep("^origin_", names(d), value = TRUE)
base <- c("education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high")
terms <- c("treated", base, origins, measures)

# --- models among the scheme's participants ----------------------------------------------------------
robust <- function(g, data) vcovCL(g, data$municipality, type = "HC0", cadjust = FALSE)
# the rows of X with everyone in the scheme and in the reference
certain <- function(name, data, right, ratio = FALSE) {
  g <- glm(reformulate(right, "outcome"), binomial, data, control = glm.control(epsilon = 1e-15, maxit = 100))
  V <- robust(g, data); X <- model.matrix(g); b <- coef(g)
  difference <- function(rows) {
    here <- X[rows, ]; here[, "treated"] <- 1; there <- X[rows, ]; there[, "treated"] <- 0
    p1 <- plogis(drop(here %*% b)); p0 <- plogis(drop(there %*% b))
    list(p1 = mean(p1), p0 = mean(p0), g1 = colMeans(p1 * (1 - p1) * here), g0 = colMeans(p0 * (1 - p0) * there))
  }
  a <- difference(data$treated == 1); se <- sqrt(drop((a$g1 - a$g0) %*% V %*% (a$g1 - a$g0)))
  tell(paste0("certainty.", name, ".jobbsjansen"), a$p1 - a$p0, a$p1 - a$p0 - z * se, a$p1 - a$p0 + z * se)
  e <- difference(TRUE); se <- sqrt(drop((e$g1 - e$g0) %*% V %*% (e$g1 - e$g0)))
  tell(paste0("certainty_everyone.", name, ".jobbsjansen"), e$p1 - e$p0, e$p1 - e$p0 - z * se, e$p1 - e$p0 + z * se)
  if (!ratio) return(invisible())
  h <- a$g1 / a$p1 - a$g0 / a$p0; rr <- a$p1 / a$p0; se <- sqrt(drop(h %*% V %*% h))
  tell(paste0("risk_ratio.", name, ".jobbsjansen"), rr, rr * exp(-z * se), rr * exp(z * se))
  e_values("risk_ratio", name, rr, rr * exp(-z * se), rr * exp(z * se))
  or <- sqrt(exp(b["treated"] + c(0, -z, z) * sqrt(V["treated", "treated"])))
  e_values("odds_ratio", name, or[1], or[2], or[3])
}
certain("individual", d, terms, ratio = TRUE)
certain("women", all[all$women == 1, ], setdiff(terms, "male"))
certain("within", all[all$both == 1, ], c(terms, "factor(municipality)"))
p <- c(mean(d$outcome[d$treated == 1]), mean(d$outcome[d$treated == 0])) # Newcombe's interval of the raw difference
n <- c(sum(d$treated), sum(1 - d$treated)); w <- sapply(1:2, function(i) suppressWarnings(prop.test(p[i] * n[i], n[i], correct = FALSE))$conf.int)
tell("certainty.raw.jobbsjansen", p[1] - p[2], p[1] - p[2] - sqrt((p[1] - w[1, 1])^2 + (w[2, 2] - p[2])^2), p[1] - p[2] + sqrt((w[2, 1] - p[1])^2 + (p[2] - w[1, 2])^2))

# --- the municipality model --------------------------------------------------------------------------
m <- all[all$in_municipality == 1, ]
unit <- !duplicated(m[c("municipality", "year")])
scaled <- function(x, rows = TRUE) (x - mean(x[rows])) / sd(x[rows])
m$age <- scaled(m$age); for (v in c("immigrant_share", "net_migration", "industry_share")) m[[v]] <- scaled(m[[v]], unit)
g <- glmmTMB(outcome ~ treated + age + male + factor(education) + immigrant_share + net_migration + industry_share + absence_high + (1 | municipality), m, binomial)
J <- rbind(cbind(0, diag(sqrt(1:60))), 0); e <- eigen(J + t(J), symmetric = TRUE)
X <- model.matrix(lme4::nobars(formula(g)), m)[m$treated == 1, ]; b <- fixef(g)$cond; s <- attr(VarCorr(g)$cond$municipality, "stddev")
expected <- function(treated) { X[, "treated"] <- treated; mean(sapply(s * e$values, function(u) plogis(drop(X %*% b) + u)) %*% e$vectors[1, ]^2) }
tell("certainty.municipality.jobbsjansen", expected(1) - expected(0))
tell("risk_ratio.municipality.jobbsjansen", expected(1) / expected(0))

# --- benchmark: a linear probability model -----------------------------------------------------------
rss <- function(response, right) deviance(lm(reformulate(right, response), d))
linear <- lm(reformulate(terms, "outcome"), d); df <- df.residual(linear)
b <- coef(linear)["treated"]; se <- coef(summary(linear))["treated", 2]; cl <- sqrt(robust(linear, d)["treated", "treated"])
id <- function(...) paste(..., sep = ".")
tell("linear_difference.individual.jobbsjansen", b, b - z * cl, b + z * cl)
tell("partial_r2.individual.jobbsjansen", 1 - rss("outcome", terms) / rss("outcome", setdiff(terms, "treated")))
f <- abs(b) / se / sqrt(df); rv <- function(f) if (f <= 0) 0 else (sqrt(f^4 + 4 * f^2) - f^2) / 2
tell("robustness_value.individual.jobbsjansen", rv(f))
tell("robustness_value_limit.individual.jobbsjansen", rv(f - z * cl / se / sqrt(df - 1)))
for (v in c("norwegian_level", "education", "absence_high", "residence_years", "measures")) {
  columns <- if (v == "measures") measures else v
  rd <- 1 - rss("treated", setdiff(terms, "treated")) / rss("treated", setdiff(terms, c("treated", columns)))
  ry <- 1 - rss("outcome", terms) / rss("outcome", setdiff(terms, columns))
  tell(id("benchmark_strength.scheme.individual.jobbsjansen", v), rd); tell(id("benchmark_strength.outcome.individual.jobbsjansen", v), ry)
  at <- function(k) {
    c <- k * rd^2 / ((1 - k * rd) * (1 - rd)); r2d <- k * rd / (1 - rd)
    r2y <- min(1, ((sqrt(k) + sqrt(c)) / sqrt(1 - c))^2 * ry / (1 - ry))
    c(sign(b) * (abs(b) - sqrt(r2y * r2d / (1 - r2d)) * se * sqrt(df)), sqrt((1 - r2y) / (1 - r2d)) * cl * sqrt(df / (df - 1)))
  }
  most <- (1 - rd) / rd
  for (k in 1:3) if (k < most) { a <- at(k); tell(id("benchmark_difference.individual.jobbsjansen", v, k), a[1], a[1] - z * a[2], a[1] + z * a[2]) }
  root <- function(f) uniroot(f, c(1e-9, min(most - 1e-9, 1000)), tol = 1e-13)$root
  tell(id("benchmark_needed.estimate.individual.jobbsjansen", v), root(function(k) at(k)[1]))
  tell(id("benchmark_needed.interval.individual.jobbsjansen", v), root(function(k) at(k)[1] - z * at(k)[2]))
}
write.csv(out, "sensitivity.csv", row.names = FALSE, quote = FALSE)
