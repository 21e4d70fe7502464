# Writes people.csv, separated.csv, levels.csv, few.csv, scaled.csv, nearly.csv
# and glm.json: data, and what R's glm makes of them. Factors have their levels
# in byte order, as bidrag has them. Each fit is started anew from its own result
# fifteen times, so that R's values are good to the last digits.
# BIC is by nobs(), which leaves rows of weight 0 out; R's own BIC() counts them.
# Run in this folder: Rscript glm.R
suppressMessages({library(sandwich); library(jsonlite)})
invisible(Sys.setlocale("LC_COLLATE", "C"))
RNGversion("4.2.0"); set.seed(20220607)
save <- function(d, file) { write.csv(d, file, row.names = FALSE, quote = FALSE, na = ""); read.csv(file, stringsAsFactors = TRUE, na.strings = "") }
tight <- function(formula, family, data, weights = NULL, offset = NULL) {
  go <- function(start) suppressWarnings(do.call(glm, list(as.formula(formula), family = family, data = data, weights = weights, offset = offset, start = start)))
  m <- go(NULL)
  for (i in 1:15) m <- go(ifelse(is.na(coef(m)), 0, coef(m)))
  m
}

n <- 400
p <- data.frame(age = round(runif(n, 18, 65)), income = round(exp(rnorm(n, 13, 0.5))), sex = sample(c("M", "F"), n, TRUE),
                region = sample(c("east", "north", "south", "west"), n, TRUE), member = sample(c("true", "false"), n, TRUE),
                year = sample(2015:2020, n, TRUE), z = round(rnorm(n), 4), w = round(runif(n, 0.2, 3), 2), f = rpois(n, 1.5),
                total = rpois(n, 8) + 1, exposure = round(runif(n, 0.5, 4), 2), place = sample(sprintf("%04d", c(301, 1103, 4601, 5001, 1508, 3005)), n, TRUE))
eta <- -1 + 0.03 * (p$age - 40) + 0.5 * (p$sex == "M") + 0.4 * p$z - 0.3 * (p$region == "north")
p$outcome <- rbinom(n, 1, plogis(eta))
p$successes <- rbinom(n, p$total, plogis(eta))
p$failures <- p$total - p$successes
p$share <- p$successes / p$total
p$count <- rpois(n, exp(0.3 + 0.5 * eta) * p$exposure)
p$amount <- round(rgamma(n, shape = 2, rate = 2 / exp(1 + 0.4 * eta)), 5)
p$score <- round(10 + 3 * eta + rnorm(n), 4)
p$age_months <- 12 * p$age + 7
p$female <- as.integer(p$sex == "F")
p$place <- paste0("k", p$place)
p$region[c(3, 50)] <- "abroad"        # a level that only rows without age have
p$age[c(3, 50, 77)] <- NA
p$z[c(50, 111)] <- NA
people <- save(p, "people.csv")
people$member <- people$member == "true"

x <- c(-3, -2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2, 3)
separated <- save(data.frame(y = as.integer(x > 0), x = x, u = c(1, 0, 1, 0, 1, 0, 1, 0, 1, 0), q = c(0, 0, 1, 0, 0, 1, 0, 1, 1, 0),
                             group = rep(c("a", "b"), 5), all_yes = c(0, 0, 0, 0, 0, 1, 1, 1, 0, 0),
                             n = c(0, 0, 3, 1, 2, 1, 4, 2, 0, 3), never = c(1, 1, 0, 0, 0, 0, 0, 0, 1, 0)), "separated.csv")

g <- sprintf("g%02d", rep(1:20, each = 2))
levels20 <- save(data.frame(y = rbinom(40, 1, 0.5), count = rpois(40, 3) + 1L, score = round(rnorm(40), 3), x = round(rnorm(40), 3), g = g), "levels.csv")

few <- save(data.frame(y = c(1.5, 2.25, 0.5, 4, 3.125), count = c(2L, 1L, 4L, 7L, 3L), a = c(1, 2, 3, 5, 4), b = c(2, 1, 0, 2, 5), c = c(0, 1, 1, 0, 1),
                       d = c(3, 1, 4, 1, 5), e = c(2, 7, 1, 8, 2), f = c(1, 4, 1, 4, 2)), "few.csv")

n <- 300
s <- data.frame(income = round(runif(n, 2e5, 2e6)), population = round(exp(runif(n, 6, 13))), tiny = signif(runif(n, 1, 5) * 1e-9, 6),
                flag = rbinom(n, 1, 0.3), year = 2010 + sample(0:9, n, TRUE))
s$y <- rbinom(n, 1, plogis(-1 + 1e-6 * s$income + 0.5 * s$flag + 2e8 * s$tiny - 0.05 * (s$year - 2014)))
s$v <- round(1e6 + 0.2 * s$income + 1e14 * s$tiny * s$flag + rnorm(n, 0, 3e4))
scaled <- save(s, "scaled.csv")

d <- data.frame(a = round(rnorm(120), 6), b = round(rnorm(120), 6))
d$c <- round(d$a + d$b + 1e-4 * rnorm(120), 10)
d$y <- rbinom(120, 1, plogis(0.5 * d$a))
nearly <- save(d, "nearly.csv")

cases <- list()
# add fits with R and stores what bidrag must find; options are bidrag's.
add <- function(name, file, data, formula, family, weights = NULL, offset = NULL, options = NULL, fit = NULL, tolerance = NULL) {
  m <- if (is.null(fit)) tight(formula, family, data, weights, offset) else fit
  s <- summary(m)
  se <- rep(NA_real_, length(coef(m))); names(se) <- names(coef(m))
  se[rownames(s$coefficients)] <- s$coefficients[, 2]
  pv <- se; pv[rownames(s$coefficients)] <- s$coefficients[, 4]
  width <- if (m$family$family %in% c("gaussian", "Gamma")) suppressWarnings(qt(0.975, m$df.residual)) else qnorm(0.975)
  ll <- logLik(m)
  number <- function(v) I(unname(ifelse(is.finite(v), v, NA)))
  single <- function(v) if (is.finite(v)) v else NA
  cases[[length(cases) + 1]] <<- list(name = name, file = file, formula = formula, family = tolower(m$family$family), link = m$family$link, options = options,
    n = nobs(m), terms = I(names(coef(m))), estimates = number(coef(m)), errors = number(se), p = number(pv),
    low = number(coef(m) - width * se), high = number(coef(m) + width * se),
    log_lik = single(as.numeric(ll)), df = attr(ll, "df"), deviance = m$deviance, aic = single(AIC(m)), bic = single(log(nobs(m)) * attr(ll, "df") - 2 * as.numeric(ll)), dispersion = single(s$dispersion), tolerance = tolerance)
}
both <- function(w, t) list(weights = w, weights_type = t)

add("logistic", "people.csv", people, "outcome ~ age + sex + region + z", binomial)
add("logistic, interactions and functions", "people.csv", people, "outcome ~ age*sex + I(age^2) + log(income) + sqrt(exposure):region", binomial)
add("rank deficient", "people.csv", people, "outcome ~ age + age_months + sex + female + region + z", binomial)
add("rank deficient, gaussian", "people.csv", people, "score ~ sex + age_months + female:age + region*sex + age + z", gaussian)
add("prior weights, gaussian", "people.csv", people, "score ~ age + sex + z", gaussian, weights = people$w, options = both("w", "prior"))
add("prior weights, gamma", "people.csv", people, "amount ~ age + sex + z", Gamma("log"), weights = people$w, options = both("w", "prior"))
add("prior weights that are whole, binomial", "people.csv", people, "outcome ~ age + sex + z", binomial, weights = people$f, options = both("f", "prior"))
repeated <- people[rep(seq_len(nrow(people)), people$f), ]
for (fam in list(list("outcome", binomial), list("score", gaussian), list("amount", Gamma("log")), list("count", poisson)))
  add(paste("frequency weights,", fam[[1]]), "people.csv", repeated, paste(fam[[1]], "~ age + sex + region + z"), fam[[2]], options = both("f", "frequency"))
add("totals", "people.csv", people, "share ~ age + sex + z", binomial, weights = people$total, options = both("total", "total"))
add("cbind", "people.csv", people, "cbind(successes, failures) ~ age + sex + z", binomial)
add("cbind, probit", "people.csv", people, "cbind(successes, total - successes) ~ age + sex + z", binomial("probit"))
add("offset in the formula, poisson", "people.csv", people, "count ~ age + sex + offset(log(exposure))", poisson)
add("offset in a column, logistic", "people.csv", people, "outcome ~ age + sex", binomial, offset = people$z, options = list(offset = "z"))
add("poly", "people.csv", people, "outcome ~ poly(income, 3) + sex:poly(exposure, 2)", binomial)
add("scale and factor", "people.csv", people, "outcome ~ scale(income) + factor(year) + scale(log(exposure))", binomial)
add("unused level", "people.csv", people, "score ~ region + age", gaussian)
add("true and false", "people.csv", people, "outcome ~ member*sex + member:exposure", binomial)
add("no intercept", "people.csv", people, "outcome ~ 0 + region + sex + age", binomial)
add("no intercept, interaction only", "people.csv", people, "score ~ region:sex - 1", gaussian)
add("nested", "people.csv", people, "count ~ region/sex + exposure %in% sex", poisson)
add("two rows a level, poisson", "levels.csv", levels20, "count ~ g + x", poisson)
add("two rows a level, gaussian", "levels.csv", levels20, "score ~ g + x", gaussian)
add("fewer rows than columns, gaussian", "few.csv", few, "y ~ a + b + c + d + e + f", gaussian)
add("fewer rows than columns, poisson", "few.csv", few, "count ~ a + b + c + d + e + f", poisson)
add("gaussian", "people.csv", people, "score ~ age + sex*region + z", gaussian)
add("gaussian, a function of the response", "people.csv", people, "log(amount) ~ age + sex", gaussian)
add("poisson", "people.csv", people, "count ~ age + sex + exposure + region", poisson)
add("gamma", "people.csv", people, "amount ~ age + sex + region", Gamma("log"))
add("probit", "people.csv", people, "outcome ~ age + sex + region + z", binomial("probit"))
add("cloglog", "people.csv", people, "outcome ~ age + sex + region + z", binomial("cloglog"))
add("badly scaled", "scaled.csv", scaled, "y ~ income + population + tiny + flag + year", binomial)
add("badly scaled, gaussian", "scaled.csv", scaled, "v ~ income + population + tiny*flag + year", gaussian)
add("badly scaled, powers", "scaled.csv", scaled, "y ~ income + I(income^2) + flag", binomial)
add("nearly collinear", "nearly.csv", nearly, "y ~ a + b + c", binomial)
add("intercept only", "people.csv", people, "outcome ~ 1", binomial)
# Separated: only what does not run off can be compared, and only to the
# precision at which R stops.
add("quasi-separated", "separated.csv", separated, "y ~ all_yes + u", binomial, options = list(separated = "all_yes"), fit = suppressWarnings(glm(y ~ all_yes + u, binomial, separated)), tolerance = list(estimate = 1e-6, error = 1e-5, likelihood = 1e-6))
add("completely separated", "separated.csv", separated, "y ~ x", binomial, options = list(separated = "(Intercept) x"), fit = suppressWarnings(glm(y ~ x, binomial, separated)), tolerance = list(estimate = 1, error = 1, likelihood = 1e-6))
add("separated counts", "separated.csv", separated, "n ~ never + u", poisson, options = list(separated = "never"), fit = suppressWarnings(glm(n ~ never + u, poisson, separated)), tolerance = list(estimate = 1e-6, error = 1e-5, likelihood = 1e-6))

robust <- list()
for (spec in list(list("outcome ~ age + sex + z", binomial()), list("count ~ age + sex", poisson()), list("score ~ age + age_months + sex", gaussian()), list("outcome ~ age", binomial("cloglog")), list("amount ~ age + sex", Gamma("log")))) {
  m <- tight(spec[[1]], spec[[2]], people)
  v <- vcovCL(m, cluster = people$place[as.integer(rownames(model.frame(m)))], type = "HC0", cadjust = FALSE)
  robust[[length(robust) + 1]] <- list(formula = spec[[1]], family = tolower(spec[[2]]$family), link = spec[[2]]$link, cluster = "place", terms = rownames(v), errors = unname(sqrt(diag(v))))
}

new <- people[c(1, 3, 7, 77, 200), ]; new$region[2] <- "west"
m <- tight("outcome ~ poly(age, 2) * sex + scale(income) + region + member", binomial, people[!is.na(people$age), ])
pr <- predict(m, new, se.fit = TRUE)
prediction <- list(formula = "outcome ~ poly(age, 2) * sex + scale(income) + region + member", rows = c(1, 3, 7, 77, 200) - 1, eta = unname(pr$fit), error = unname(pr$se.fit), mu = unname(predict(m, new, type = "response")))

out <- list(r = R.version.string, sandwich = as.character(packageVersion("sandwich")), cases = cases, robust = robust, prediction = prediction)
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = FALSE, na = "null", null = "null"), "glm.json")
