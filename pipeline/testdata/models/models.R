# Every model of the shipped study's chapters 4 and 5, and the same models without pooling and with complete pooling, in R.
#
# The data set is that of a run (its recoding is held against R in ../individual). In this folder:
#   (with OUT that of "bidrag run --out OUT")
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript models.R dataset.csv
# It takes some five minutes and writes
#   models.csv   model, quantity, term, value: n, log_lik, groups, sd, estimate, std_error, icc, r2_marginal, r2_conditional
#   lr.csv       model, of, statistic, df, p_value: likelihood-ratio tests of models within another
#   scales.csv   model, variable, mean, sd, units: how variables were standardized
#   pooling.csv  model, kind, quantity, term, value: none and complete pooling; persons and groups kept and left out
# with 17 digits. Samples and standardization are made here and not taken from the program.
#
# Models without groups: glm, to the last bit of the deviance. Models with groups: glmmTMB (Laplace, gradients by automatic differentiation), from
# its own optimum on by Newton steps with a Hessian by Richardson's extrapolation of the gradient (numDeriv); standard errors
# from that Hessian. lme4::glmer with tight tolerances for the municipality and the project model (lme4.csv): its
# standard errors are by finite differences of the deviance and good for fewer digits.
# Intraclass correlation and Nakagawa's R2: performance::icc and r2 of the polished fits.
# Made with R 4.2.2, glmmTMB 1.1.5, TMB 1.9.2, lme4 1.1-31, performance 0.10.2, insight 0.19.0, numDeriv 2016.8-1.1. Tolerances in the test.
suppressMessages({library(glmmTMB); library(lme4); library(performance); library(numDeriv)})
options(digits = 17, warn = 1)
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1], colClasses = c(municipality = "character", project = "character"))
data$scheme <- factor(data$scheme, c("intro", "jobbsjansen"))
g17 <- function(x) sprintf("%.17g", x)

# --- samples ---------------------------------------------------------------------------------------
# Municipality-years with at least ten leavers, those with something unknown counted too.
data$leavers <- ave(rep(1, nrow(data)), paste(data$municipality, data$year), FUN = sum)
known <- c("outcome", "scheme", "education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high",
  "origin", grep("^measure_", names(data), value = TRUE))
data <- data[complete.cases(data[known]) & data$origin != "", ]
stopifnot(nrow(data) == 19316)
large <- data$leavers >= 10 & data$municipality != ""
women <- data$male == 0
wages <- !is.na(data$wage_per_participant)
both <- data$both_schemes %in% 1
samples <- list(in_individual = TRUE, in_municipality = large, in_project = wages, women = women,
  women_in_municipality = women & large, women_in_project = women & wages, both = both, both_in_municipality = both & large,
  intro_in_municipality = data$scheme == "intro" & large)

# --- models ----------------------------------------------------------------------------------------
measures <- grep("^measure_", names(data), value = TRUE)
origins <- grep("^origin_", names(data), value = TRUE)
place <- c("immigrant_share", "net_migration", "industry_share")
individual <- reformulate(c("scheme", "education", "male", "age", "residence_years", "norwegian_level", "duration_months",
  "absence_high", origins, measures), "outcome")
municipality <- outcome ~ scheme + age + male + factor(education) + immigrant_share + net_migration + industry_share +
  absence_high + (1 | municipality)
project <- outcome ~ scheme + age + male + factor(education) + wage_per_participant + absence_high + (1 | project)
without <- function(f, ...) update(f, paste(". ~ . -", paste(c(...), collapse = " - ")))
three <- update(individual, . ~ . + immigrant_share + net_migration + industry_share + (1 | municipality/project))
# name = list(sample, formula, the model it is compared with)
models <- list(
  individual = list("in_individual", individual),
  individual_without_measures = list("in_individual", without(individual, measures), "individual"),
  individual_without_scheme = list("in_individual", without(individual, "scheme"), "individual"),
  individual_background = list("in_individual", without(individual, measures, "scheme"), "individual"),
  individual_without_lower = list("in_individual", without(individual, "measure_lower_secondary"), "individual"),
  individual_without_upper = list("in_individual", without(individual, "measure_upper_secondary"), "individual"),
  individual_without_school = list("in_individual", without(individual, "measure_lower_secondary", "measure_upper_secondary"), "individual"),
  individual_without_norwegian_course = list("in_individual", without(individual, "measure_norwegian"), "individual"),
  individual_both = list("both", individual),
  individual_within = list("both", update(individual, . ~ . + factor(municipality)), "individual_both"),
  individual_place = list("in_individual", update(individual, . ~ . + immigrant_share + net_migration + industry_share), "individual"),
  individual_resources = list("in_project", update(individual, . ~ . + immigrant_share + net_migration + industry_share + wage_per_participant)),
  individual_women = list("women", without(individual, "male")),
  individual_women_without_measures = list("women", without(individual, "male", measures), "individual_women"),
  individual_women_without_scheme = list("women", without(individual, "male", "scheme"), "individual_women"),
  municipality = list("in_municipality", municipality),
  municipality_without_scheme = list("in_municipality", without(municipality, "scheme"), "municipality"),
  municipality_without_place = list("in_municipality", without(municipality, place), "municipality"),
  municipality_both = list("both_in_municipality", municipality),
  municipality_women = list("women_in_municipality", without(municipality, "male")),
  municipality_women_without_scheme = list("women_in_municipality", without(municipality, "male", "scheme"), "municipality_women"),
  self_selection = list("intro_in_municipality", update(without(municipality, "scheme"), . ~ . + both_schemes)),
  project = list("in_project", project),
  project_without_scheme = list("in_project", without(project, "scheme"), "project"),
  project_without_wages = list("in_project", without(project, "wage_per_participant"), "project"),
  project_women = list("women_in_project", without(project, "male")),
  project_women_without_scheme = list("women_in_project", without(project, "male", "scheme"), "project_women"),
  three_level = list("in_individual", three, "individual"),
  three_level_empty = list("in_individual", outcome ~ 1 + (1 | municipality/project), "three_level"),
  three_level_individual = list("in_individual", without(three, place), "three_level"),
  three_level_without_scheme = list("in_individual", without(three, "scheme"), "three_level"),
  three_level_wages = list("in_project", update(three, . ~ . + wage_per_participant)))

# --- standardized variables ------------------------------------------------------------------------
# Over the persons of the sample, or over its municipality-years.
scales <- NULL
standardized <- function(name, f) {
  d <- data[rep_len(samples[[models[[name]][[1]]]], nrow(data)), ]
  used <- all.vars(f)
  persons <- c(if (grepl("^municipality|^self|^project", name)) "age", if (!grepl("^individual", name)) "wage_per_participant")
  years <- !duplicated(d[c("municipality", "year")])
  for (v in intersect(used, c(persons, if (!grepl("^individual", name)) place))) {
    x <- if (v %in% place) d[years, v] else d[[v]]
    x <- x[!is.na(x)]
    scales <<- rbind(scales, data.frame(model = name, variable = v, mean = g17(mean(x)), sd = g17(sd(x)), units = length(x)))
    d[[v]] <- (d[[v]] - mean(x)) / sd(x)
  }
  d <- d[complete.cases(d[used]), ]
  if ("municipality" %in% used) d <- d[d$municipality != "", ]
  d
}

# --- fits ------------------------------------------------------------------------------------------
tight <- glm.control(epsilon = 1e-300, maxit = 40) # until the deviance no longer changes: errors are those of the last step but one
polished <- function(f, d) {
  m <- glmmTMB(f, d, binomial, control = glmmTMBControl(optCtrl = list(iter.max = 5000, eval.max = 5000, rel.tol = 1e-12)))
  obj <- m$obj
  par <- m$fit$par
  par <- par - solve(optimHess(par, obj$fn, obj$gr), drop(obj$gr(par)))
  h <- jacobian(function(p) drop(obj$gr(p)), par)
  h <- (h + t(h)) / 2
  par[] <- par - solve(h, drop(obj$gr(par)))
  value <- obj$fn(par)
  cat("  gradient", max(abs(obj$gr(par))), "\n")
  stopifnot(max(abs(obj$gr(par))) < 1e-4)
  m$fit$par <- par
  m$fit$parfull <- obj$env$last.par
  m$fit$objective <- value
  k <- names(par) == "beta"
  list(model = m, log_lik = -as.numeric(value), beta = par[k], se = sqrt(diag(solve(h)))[k], sd = exp(par[names(par) == "theta"]))
}
random <- function(f) grepl("|", paste(deparse(f), collapse = ""), fixed = TRUE)
rows <- NULL
add <- function(model, quantity, term, value)
  rows <<- rbind(rows, data.frame(model, quantity, term, value = g17(value)))
fits <- list()
for (name in names(models)) {
  f <- models[[name]][[2]]
  cat(name, format(Sys.time(), "%H:%M:%S"), "\n")
  d <- standardized(name, f)
  add(name, "n", "", nrow(d))
  if (!random(f)) {
    m <- suppressWarnings(glm(f, binomial, d, control = tight))
    s <- summary(m)$coefficients
    fits[[name]] <- c(as.numeric(logLik(m)), length(coef(m)))
    add(name, "log_lik", "", as.numeric(logLik(m)))
    add(name, "estimate", rownames(s), s[, 1]); add(name, "std_error", rownames(s), s[, 2])
    next
  }
  p <- polished(f, d)
  m <- p$model
  terms <- names(fixef(m)$cond)
  groups <- names(p$sd) <- names(ranef(m)$cond)
  fits[[name]] <- c(p$log_lik, length(p$beta) + length(p$sd))
  add(name, "log_lik", "", p$log_lik)
  # glmmTMB orders the groupings as lme4 does
  add(name, "groups", groups, sapply(groups, function(g) nrow(ranef(m)$cond[[g]])))
  add(name, "sd", groups, sapply(groups, function(g) attr(VarCorr(m)$cond[[g]], "stddev")))
  add(name, "estimate", terms, p$beta); add(name, "std_error", terms, p$se)
  if (length(groups) == 1) {
    i <- icc(m); r <- r2(m)
    add(name, "icc", groups, i$ICC_adjusted)
    add(name, "r2_marginal", "", r$R2_marginal); add(name, "r2_conditional", "", r$R2_conditional)
  } else {
    i <- icc(m, by_group = TRUE)
    add(name, "icc", i$Group, i$ICC)
    r <- tryCatch(r2(m), error = function(e) NULL)
    if (!is.null(r)) { add(name, "r2_marginal", "", r$R2_marginal); add(name, "r2_conditional", "", r$R2_conditional) }
  }
  write.csv(rows, "models.csv", row.names = FALSE, quote = FALSE)
}
write.csv(rows, "models.csv", row.names = FALSE, quote = FALSE)
write.csv(unique(scales), "scales.csv", row.names = FALSE, quote = FALSE)
lr <- NULL
for (name in names(models)) if (length(models[[name]]) == 3) {
  a <- fits[[name]]; b <- fits[[models[[name]][[3]]]]
  statistic <- 2 * abs(a[1] - b[1]); df <- abs(a[2] - b[2])
  lr <- rbind(lr, data.frame(model = name, of = models[[name]][[3]], statistic = g17(statistic), df, p_value = g17(pchisq(statistic, df, lower.tail = FALSE))))
}
write.csv(lr, "lr.csv", row.names = FALSE, quote = FALSE)

# --- no and complete pooling -----------------------------------------------------------------------
# No pooling: a dummy for every group, put first, so that what is constant within groups is aliased and not a group. Groups
# without a failure or without a success are left out.
pooling <- NULL
put <- function(model, kind, quantity, term, value)
  pooling <<- rbind(pooling, data.frame(model, kind, quantity, term, value = g17(value)))
for (name in c("municipality", "project")) {
  cat(name, "pooling", format(Sys.time(), "%H:%M:%S"), "\n")
  f <- models[[name]][[2]]
  d <- standardized(name, f)
  d$group <- d[[name]]
  fixed <- lme4::nobars(f)
  complete <- suppressWarnings(glm(fixed, binomial, d, control = tight))
  s <- summary(complete)$coefficients
  put(name, "complete", "estimate", rownames(s), s[, 1]); put(name, "complete", "std_error", rownames(s), s[, 2])
  put(name, "complete", "log_lik", "", as.numeric(logLik(complete)))
  mean_ <- ave(d$outcome, d$group)
  kept <- d[mean_ > 0 & mean_ < 1, ]
  put(name, "none", "persons", "", nrow(kept)); put(name, "none", "persons_left_out", "", nrow(d) - nrow(kept))
  put(name, "none", "groups", "", length(unique(kept$group)))
  put(name, "none", "groups_left_out", "", length(unique(d$group)) - length(unique(kept$group)))
  x <- cbind(model.matrix(~ 0 + group, kept), model.matrix(fixed, kept)[, -1])
  # The tolerance for aliasing follows epsilon: find what is aliased with the default.
  aliased <- is.na(glm.fit(x, kept$outcome, family = binomial())$coefficients)
  cat("  aliased:", colnames(x)[aliased], "\n")
  x <- x[, !aliased]
  none <- suppressWarnings(glm.fit(x, kept$outcome, family = binomial(), control = tight))
  class(none) <- "glm"
  at <- !grepl("^group", colnames(x))
  v <- summary.glm(none)$coefficients
  put(name, "none", "log_lik", "", -none$deviance / 2)
  b <- none$coefficients[at]
  put(name, "none", "estimate", names(b), b)
  put(name, "none", "std_error", names(b), v[match(names(b), rownames(v)), 2])
  put(name, "none", "intercept", sub("^group", "", colnames(x)[!at]), none$coefficients[!at])
  put(name, "none", "intercept_error", sub("^group", "", colnames(x)[!at]), v[match(colnames(x)[!at], rownames(v)), 2])
}
write.csv(pooling, "pooling.csv", row.names = FALSE, quote = FALSE)

# --- lme4 ------------------------------------------------------------------------------------------
out <- NULL
for (name in c("municipality", "project")) {
  cat(name, "lme4", format(Sys.time(), "%H:%M:%S"), "\n")
  f <- models[[name]][[2]]
  m <- glmer(f, standardized(name, f), binomial, control = glmerControl(optimizer = "nloptwrap", tolPwrss = 1e-12,
    optCtrl = list(algorithm = "NLOPT_LN_BOBYQA", xtol_abs = 1e-9, xtol_rel = 1e-9, ftol_abs = 1e-11, maxeval = 1e5), calc.derivs = TRUE))
  s <- summary(m)$coefficients
  out <- rbind(out, data.frame(model = name, quantity = "estimate", term = rownames(s), value = g17(s[, 1])),
    data.frame(model = name, quantity = "std_error", term = rownames(s), value = g17(s[, 2])),
    data.frame(model = name, quantity = c("log_lik", "sd"), term = "", value = g17(c(logLik(m), attr(VarCorr(m)[[1]], "stddev")))))
}
write.csv(out, "lme4.csv", row.names = FALSE, quote = FALSE)
cat("done", format(Sys.time(), "%H:%M:%S"), "\n")
