# What the shipped study's individual and municipality models mean on the probability scale, in R.
#
# The data set is that of a run (its recoding is held against R in ../individual). In this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript effects.R dataset.csv
# It takes two minutes and writes effects.csv (id as in results.json, value, low, high; 17 digits).
#
# Averages, contrasts, slopes and profiles are plain functions of the parameters; their standard errors are by the delta
# method with gradients by numDeriv (Richardson). Averages over all groups are by Gauss-Hermite quadrature with 61 nodes.
# The municipality model is fitted by glmmTMB (Laplace) and polished by Newton steps; the covariance of coefficients and
# standard deviation is the inverse of the Hessian by numDeriv of its gradient. ggeffects and emmeans agree where they
# answer the same (stopifnot below). Profiles and groups are those of study.yaml, written here once more.
# Made with R 4.2.2, glmmTMB 1.1.5, TMB 1.9.2, numDeriv 2016.8-1.1, emmeans 1.8.4-1, ggeffects 1.2.0. Tolerances in the test.
suppressMessages({library(glmmTMB); library(numDeriv); library(ggeffects); library(emmeans)})
options(digits = 17, warn = 1)
all <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character", project = "character"))
all$scheme <- factor(all$scheme, c("intro", "jobbsjansen"))
z95 <- qnorm(0.975)
out <- NULL
write_row <- function(id, value, low = NA, high = NA)
  out <<- rbind(out, data.frame(id, value = sprintf("%.17g", value), low = sprintf("%.17g", low), high = sprintf("%.17g", high)))
# nodes of Gauss-Hermite quadrature for a standard normal distribution, by the eigenvalues of the Jacobi matrix
hermite <- function(n) { e <- eigen(rbind(cbind(0, diag(sqrt(1:(n - 1)))), 0) + t(rbind(cbind(0, diag(sqrt(1:(n - 1)))), 0)), symmetric = TRUE)
  list(x = e$values, w = e$vectors[1, ]^2) }
nodes <- hermite(61)

# mean response of a linear predictor, or its derivative, for a typical group (sd 0) or over all
response <- function(eta, sd, h = plogis) if (sd == 0) h(eta) else drop(sapply(sd * nodes$x, function(s) h(eta + s)) %*% nodes$w)
# a question f of the parameters: its value and standard error. psi is the coefficients and, over all groups, log(sd)
answer <- function(m, f) { g <- grad(f, m$psi); list(value = f(m$psi), se = sqrt(drop(g %*% m$V %*% g))) }
tell <- function(id, a, share) {
  half <- if (share) z95 * a$se / (a$value * (1 - a$value)) else z95 * a$se
  if (share) write_row(id, a$value, plogis(qlogis(a$value) - half), plogis(qlogis(a$value) + half))
  else write_row(id, a$value, a$value - half, a$value + half)
}
beta <- function(m, psi) psi[seq_along(m$b)]
sd_of <- function(m, psi) if (m$over == "") 0 else exp(psi[length(psi)])
average <- function(m, X) function(psi) mean(response(drop(X %*% beta(m, psi)), sd_of(m, psi)))
name <- function(m, quantity, ...) paste(c(paste0(quantity, m$over), ...), collapse = ".")

# everyone at each level of a variable, and its contrasts with the first
levels_of <- function(m, label, frames, levels, contrast = TRUE, scheme = FALSE) {
  X <- lapply(frames, m$matrix)
  for (i in seq_along(X)) tell(name(m, "expected", label, levels[i]), answer(m, average(m, X[[i]])), TRUE)
  if (contrast) for (i in seq_along(X)[-1]) {
    f <- function(psi) average(m, X[[i]])(psi) - average(m, X[[1]])(psi)
    tell(name(m, if (scheme) "adjusted_difference" else "marginal_effect", label, levels[i]), answer(m, f), FALSE)
  }
}
at <- function(m, ...) { d <- m$data; v <- list(...); for (k in names(v)) d[[k]] <- v[[k]]; d }
slope <- function(m, label, column) {
  X <- m$matrix(m$data); j <- which(colnames(X) == column)
  tell(name(m, "marginal_effect", label), answer(m, function(psi)
    beta(m, psi)[j] * mean(response(drop(X %*% beta(m, psi)), sd_of(m, psi), dlogis))), FALSE)
}
profile_of <- function(m, model, profile, row, schemes) {
  X <- lapply(schemes, function(s) m$matrix(transform(row, scheme = factor(s, levels(all$scheme)))))
  for (i in seq_along(schemes)) {
    a <- answer(m, average(m, X[[i]]))
    tell(name(m, "profile", profile, model, schemes[i]), a, TRUE)
    if (m$over == "") {
      ends <- exp(qlogis(a$value) + c(-1, 1) * z95 * a$se / (a$value * (1 - a$value)))
      write_row(name(m, "profile_odds", profile, model, schemes[i]), a$value / (1 - a$value), ends[1], ends[2])
    }
  }
  if (length(schemes) == 2) tell(name(m, "profile_difference", profile, model, "jobbsjansen"),
    answer(m, function(psi) average(m, X[[2]])(psi) - average(m, X[[1]])(psi)), FALSE)
}

# --- the individual model --------------------------------------------------------------------------
d <- all[all$in_individual == 1, ]
measures <- grep("^measure_", names(d), value = TRUE); origins <- grep("^origin_", names(d), value = TRUE)
base <- c("education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high")
right <- reformulate(c("scheme", base, origins, measures))
fit <- function(right) glm(update(right, outcome ~ .), binomial, d, control = glm.control(epsilon = 1e-15, maxit = 100))
as_model <- function(g, right, data = d) { b <- coef(g); list(b = b, psi = b, V = vcov(g), over = "", data = data,
  matrix = function(x) model.matrix(right, x)) }
g <- fit(right); m <- as_model(g, right)
label <- function(...) paste("individual", ..., sep = ".")
levels_of(m, "individual", lapply(levels(d$scheme), function(s) at(m, scheme = factor(s, levels(d$scheme)))), levels(d$scheme), scheme = TRUE)
for (v in c("education", "norwegian_level")) {
  steps <- if (v == "education") 1:3 else 1:5
  levels_of(m, label(v), lapply(steps, function(x) do.call(at, c(list(m), setNames(list(x), v)))), steps, contrast = FALSE)
}
for (v in c("education", "age", "residence_years", "norwegian_level", "duration_months")) slope(m, label(v), v)
for (v in c("male", "absence_high", measures)) levels_of(m, label(v), lapply(0:1, function(x) do.call(at, c(list(m), setNames(list(x), v)))), 0:1)
from <- function(o) do.call(at, c(list(m), setNames(as.list(as.numeric(origins == o)), origins)))
levels_of(m, label("origin"), lapply(c("", origins), from), c("europe+north_america", sub("^origin_", "", origins)))

mean_row <- as.data.frame(t(colMeans(d[c(base, origins, measures)])))
person <- function(o, ...) { r <- mean_row; v <- list(...); for (k in names(v)) r[[k]] <- v[[k]]; r[origins] <- as.numeric(origins == o); r }
archetype <- person("origin_sub_saharan_africa", education = 2, male = 0, age = 32, residence_years = 6, duration_months = 20, absence_high = 0)
profile_of(m, "individual", "archetype", archetype, levels(d$scheme))
profile_of(m, "individual", "typical_intro", person("origin_west_asia", education = 2, male = 1, age = 32, residence_years = 2,
  norwegian_level = 3, duration_months = 27, absence_high = 1), "intro")
profile_of(m, "individual", "typical_jobbsjansen", person("origin_south_asia", education = 3, male = 0, age = 36, residence_years = 7,
  norwegian_level = 4, duration_months = 13, absence_high = 0), "jobbsjansen")
# ggeffects says the same of the profile, with its interval; emmeans of its contrast on the scale of odds ratios
gg <- ggpredict(g, terms = "scheme", condition = unlist(archetype))
mine <- out[out$id %in% c("profile.archetype.individual.intro", "profile.archetype.individual.jobbsjansen"), ]
stopifnot(max(abs(gg$predicted - as.numeric(mine$value)), abs(gg$conf.low - as.numeric(mine$low)), abs(gg$conf.high - as.numeric(mine$high))) < 1e-7)
em <- summary(emmeans(g, ~ scheme, at = as.list(archetype), type = "response"))
stopifnot(max(abs(em$prob - as.numeric(mine$value))) < 1e-7)

# interactions: the schemes' difference among the persons of each group, as they are
interaction_of <- function(by, terms, group, levels) {
  r <- update(right, reformulate(c(".", paste0("scheme:", terms)))); large <- fit(r)
  test <- anova(g, large, test = "LRT")
  write_row(paste0("interaction_lr_statistic.individual.", by), test$Deviance[2])
  write_row(paste0("interaction_lr_df.individual.", by), test$Df[2])
  write_row(paste0("interaction_p_value.individual.", by), test[["Pr(>Chi)"]][2])
  i <- as_model(large, r)
  of <- function(level) {
    X <- lapply(levels(d$scheme), function(s) i$matrix(transform(d[group == level, ], scheme = factor(s, levels(d$scheme)))))
    function(psi) average(i, X[[2]])(psi) - average(i, X[[1]])(psi)
  }
  first <- of(levels[1])
  for (l in levels) {
    f <- of(l)
    tell(paste("interaction.individual.jobbsjansen", by, l, sep = "."), answer(i, f), FALSE)
    if (l != levels[1]) tell(paste("interaction_difference.individual.jobbsjansen", by, l, sep = "."), answer(i, function(psi) f(psi) - first(psi)), FALSE)
  }
}
interaction_of("education", "education", d$education, 1:3)
interaction_of("norwegian_level", "norwegian_level", floor(d$norwegian_level + 0.5), 2:5)
interaction_of("male", "male", d$male, 0:1)
interaction_of("origin", origins, d$origin, c("europe", sub("^origin_", "", origins)))

# --- the municipality model ------------------------------------------------------------------------
d <- all[all$in_municipality == 1, ]
scale_of <- list(age = c(mean(d$age), sd(d$age)))
units <- d[!duplicated(paste(d$municipality, d$year)), ]
for (v in c("immigrant_share", "net_migration", "industry_share")) scale_of[[v]] <- c(mean(units[[v]]), sd(units[[v]]))
for (v in names(scale_of)) d[[v]] <- (d[[v]] - scale_of[[v]][1]) / scale_of[[v]][2]
right <- ~ scheme + age + male + factor(education) + immigrant_share + net_migration + industry_share + absence_high
g <- glmmTMB(update(right, outcome ~ . + (1 | municipality)), d, binomial)
psi <- g$fit$par; gradient <- function(x) as.vector(g$obj$gr(x))
for (k in 1:3) { H <- jacobian(gradient, psi); psi <- psi - solve((H + t(H)) / 2, gradient(psi)) }
stopifnot(max(abs(gradient(psi))) < 1e-6)
H <- jacobian(gradient, psi); V <- solve((H + t(H)) / 2)
X0 <- model.matrix(right, d); stopifnot(length(psi) == ncol(X0) + 1)
label <- function(...) paste("municipality", ..., sep = ".")
for (over in c("", "_all_groups")) {
  p <- ncol(X0); keep <- if (over == "") 1:p else seq_along(psi)
  m <- list(b = psi[1:p], psi = unname(psi[keep]), V = V[keep, keep], over = over, data = d,
    matrix = function(x) { x$education <- factor(x$education, 1:3); model.matrix(update(right, ~ scheme + age + male + education + immigrant_share +
      net_migration + industry_share + absence_high), x) })
  stopifnot(max(abs(m$matrix(d) - X0)) == 0)
  levels_of(m, "municipality", lapply(levels(d$scheme), function(s) at(m, scheme = factor(s, levels(d$scheme)))), levels(d$scheme), scheme = TRUE)
  for (v in names(scale_of)) slope(m, label(v), v)
  for (v in c("male", "absence_high")) levels_of(m, label(v), lapply(0:1, function(x) do.call(at, c(list(m), setNames(list(x), v)))), 0:1)
  levels_of(m, label("education"), lapply(1:3, function(x) at(m, education = x)), 1:3)
  woman <- data.frame(age = (33 - scale_of$age[1]) / scale_of$age[2], male = 0, education = 1, absence_high = 0, immigrant_share = 0,
    net_migration = 0, industry_share = 0)
  profile_of(m, "municipality", "average_municipality", woman, levels(d$scheme))
}
write.csv(out, "effects.csv", row.names = FALSE, quote = FALSE)
