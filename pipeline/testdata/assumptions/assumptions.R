# Tests of assumptions of the shipped study's models by R's packages.
# Run in this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript assumptions.R dataset.csv [exact]
# It writes terms.csv, whole.csv, vif.csv, vif_glmmTMB.csv and bins.csv (17 digits). With "exact" it also fits the individual model without
# each municipality in turn (minutes) and writes without.csv. Versions stand in versions.csv; tolerances in the test.
suppressMessages({library(lme4); library(sandwich); library(clubSandwich); library(car); library(performance); library(pROC); library(glmmTMB)})
args <- commandArgs(TRUE)
all <- read.csv(args[1], colClasses = c(municipality = "character"))
number <- function(x) sprintf("%.17g", x)
whole <- data.frame()
say <- function(model, quantity, value, kind = "", variable = "", low = NA, high = NA)
  whole <<- rbind(whole, data.frame(model, quantity, kind, variable, value = number(value), low = number(low), high = number(high)))
z <- function(x, of = x) (x - mean(of)) / sd(of)

# --- the models ------------------------------------------------------------------------------------
measures <- grep("^measure_", names(all), value = TRUE)
origins <- grep("^origin_", names(all), value = TRUE)
base <- c("education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high")
all$js <- as.integer(all$scheme == "jobbsjansen")
d1 <- all[all$in_individual == 1, ]
tight <- glm.control(epsilon = 1e-14, maxit = 100)
g <- glm(reformulate(c("js", base, origins, measures), "outcome"), binomial, d1, control = tight)
d1$region <- factor(ifelse(d1$origin %in% c("europe", "north_america"), "reference", d1$origin))
stopifnot(nlevels(relevel(d1$region, "reference")) == length(origins) + 1)
grouped <- glm(reformulate(c("js", base, "region", measures), "outcome"), binomial, d1, control = tight)
stopifnot(abs(deviance(g) - deviance(grouped)) < 1e-6)

d2 <- all[all$in_municipality == 1, ]
units <- d2[!duplicated(paste(d2$municipality, d2$year)), ]
d2$age_z <- z(d2$age)
for (v in c("immigrant_share", "net_migration", "industry_share")) d2[[v]] <- z(d2[[v]], units[[v]])
d3 <- all[all$in_project == 1, ]
d3$age_z <- z(d3$age); d3$wage_per_participant <- z(d3$wage_per_participant)
control <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-12, optCtrl = list(rhobeg = 1e-3, rhoend = 1e-9, maxfun = 1e5))
m2 <- glmer(outcome ~ js + age_z + male + factor(education) + immigrant_share + net_migration + industry_share + absence_high +
  (1 | municipality), d2, binomial, control = control)
m3 <- glmer(outcome ~ js + age_z + male + factor(education) + wage_per_participant + absence_high + (1 | project), d3, binomial,
  control = control)
# The same models with derivatives that are not by differences: their covariance and predictions carry more digits.
t2 <- glmmTMB(formula(m2), d2, binomial)
t3 <- glmmTMB(formula(m3), d3, binomial)

# --- collinearity ----------------------------------------------------------------------------------
inflation <- function(model, fit, v = vif(fit)) {
  if (is.null(dim(v))) v <- cbind(GVIF = v, Df = 1, root = sqrt(v))
  variable <- c(js = "scheme", region = "origin", age_z = "age", "factor(education)" = "education")
  term <- rownames(v)
  data.frame(model, variable = ifelse(term %in% names(variable), variable[term], term), gvif = number(v[, 1]), df = v[, 2], root = number(v[, 3]))
}
# car::vif's own formula on the covariance of glmmTMB, which car does not know.
exact <- function(fit) {
  assign <- attr(model.matrix(fit), "assign")[-1]
  R <- cov2cor(vcov(fit)$cond[-1, -1])
  v <- t(sapply(unique(assign), function(k) {
    i <- which(assign == k)
    c(det(R[i, i, drop = FALSE]) * det(R[-i, -i, drop = FALSE]) / det(R), length(i))
  }))
  rownames(v) <- attr(terms(fit), "term.labels")
  cbind(v, v[, 1]^(1 / (2 * v[, 2])))
}
write.csv(rbind(inflation("municipality", t2, exact(t2)), inflation("project", t3, exact(t3))), "vif_glmmTMB.csv", row.names = FALSE, quote = FALSE)
write.csv(rbind(inflation("individual", grouped), inflation("municipality", m2), inflation("project", m3)), "vif.csv", row.names = FALSE, quote = FALSE)

# --- cluster-robust errors -------------------------------------------------------------------------
term <- sub("^js$", "schemejobbsjansen", names(coef(g)))
cr0 <- sqrt(diag(vcovCL(g, d1$municipality, type = "HC0", cadjust = FALSE)))
cr1s <- sqrt(diag(vcovCR(g, d1$municipality, "CR1S")))
cr2 <- vcovCR(g, d1$municipality, "CR2")
test <- coef_test(g, cr2, test = "Satterthwaite")
influence <- dfbetas(g)
write.csv(data.frame(term, cr0 = number(cr0), cr1s = number(cr1s), cr2 = number(test$SE), df = number(test$df_Satt), p = number(test$p_Satt),
  dfbetas = number(apply(abs(influence), 2, max))), "terms.csv", row.names = FALSE, quote = FALSE)
say("individual", "clusters", length(unique(d1$municipality)), variable = "municipality")

# --- influence, dispersion, accuracy ---------------------------------------------------------------
cook <- cooks.distance(g)
say("individual", "max_cook", max(cook))
say("individual", "influential_persons", sum(cook > 4 / nobs(g)))
# What check_overdispersion() computes; performance refuses to give it for outcomes of 0 and 1, where it tells nothing.
pearson <- sum(residuals(g, "pearson")^2)
say("individual", "dispersion", pearson / df.residual(g))
# Pearson's statistic of groups: the observed and expected successes of each, against its expected value under the model.
spread <- function(group) {
  mu <- fitted(g); w <- mu * (1 - mu)
  a <- rowsum(model.matrix(g) * w, group)
  v <- rowsum(w, group)[, 1]
  o <- rowsum(d1$outcome - mu, group)[, 1]
  c(sum(o^2 / v), sum(1 - rowSums((a %*% vcov(g)) * a) / v))
}
for (by in c("municipality", "project")) {
  s <- spread(d1[[by]])
  say("individual", "group_dispersion", s[1] / s[2], variable = by)
  say("individual", "group_dispersion_p", pchisq(s[1], s[2], lower.tail = FALSE), variable = by)
  say("individual", "group_dispersion_groups", length(unique(d1[[by]])), variable = by)
}
accuracy <- function(model, y, p, kind = "") {
  tell <- function(quantity, value, error = NA) say(model, quantity, value, kind, low = value - qnorm(0.975) * error, high = value + qnorm(0.975) * error)
  r <- roc(y, p, quiet = TRUE, direction = "<")
  b <- ci.auc(r, method = "delong")
  say(model, "auc", as.numeric(r$auc), kind, low = b[1], high = b[3])
  tell("brier", mean((y - p)^2)); tell("brier_null", mean((y - mean(y))^2)); tell("brier_scaled", 1 - mean((y - p)^2) / mean((y - mean(y))^2))
  eta <- qlogis(p)
  line <- glm(y ~ eta, family = binomial, control = tight)
  tell("calibration_slope", coef(line)[2], sqrt(vcov(line)[2, 2]))
  level <- glm(y ~ offset(eta), family = binomial, control = tight)
  tell("calibration_intercept", coef(level)[1], sqrt(vcov(level)[1, 1]))
}
accuracy("individual", d1$outcome, fitted(g))
accuracy("municipality", d2$outcome, fitted(t2)); accuracy("municipality", d2$outcome, predict(t2, re.form = NA, type = "response"), "typical")
accuracy("project", d3$outcome, fitted(t3)); accuracy("project", d3$outcome, predict(t3, re.form = NA, type = "response"), "typical")
pearson <- function(model, m) { r <- residuals(m, "pearson"); say(model, "dispersion", sum(r^2) / df.residual(m)) }
pearson("municipality", t2); pearson("project", t3)

# --- explained variation ---------------------------------------------------------------------------
for (m in list(list("municipality", t2), list("project", t3))) {
  r2 <- r2_nakagawa(m[[2]])
  say(m[[1]], "r_squared", r2$R2_marginal, "nakagawa_marginal"); say(m[[1]], "r_squared", r2$R2_conditional, "nakagawa_conditional")
  say(m[[1]], "icc", icc(m[[2]])$ICC_adjusted, variable = m[[1]])
}
say("individual", "r_squared", 1 - deviance(g) / g$null.deviance, "mcfadden")
say("individual", "r_squared", r2_tjur(g), "tjur")

# --- random effects: modes divided by their own standard deviation ---------------------------------
for (m in list(list("municipality", m2), list("project", m3))) {
  re <- ranef(m[[2]], condVar = TRUE)[[1]]
  sigma2 <- VarCorr(m[[2]])[[1]][1]
  u <- re[, 1] / sqrt(sigma2 - attr(re, "postVar")[1, 1, ])
  k <- ks.test(u, "pnorm", exact = FALSE)
  tell <- function(quantity, value) say(m[[1]], paste0("random_effect_", quantity), value, variable = m[[1]])
  tell("mean", mean(u)); tell("sd", sd(u)); tell("ks", k$statistic); tell("ks_p", k$p.value); tell("groups", length(u))
}
write.csv(whole, "whole.csv", row.names = FALSE, quote = FALSE)

# --- binned residuals of the individual model: bins of x by average rank -----------------------------
bins <- do.call(rbind, lapply(c("age", "residence_years", "norwegian_level", "duration_months", "education"), function(v) {
  x <- d1[[v]]; r <- d1$outcome - fitted(g)
  b <- floor(40 * (rank(x) - 0.5) / length(x))
  one <- function(f, of) as.vector(tapply(of, b, f))
  data.frame(variable = v, n = one(length, x), x = number(one(mean, x)), mean = number(one(mean, r)),
             error = number(one(function(r) sd(r) / sqrt(length(r)), r)))
}))
write.csv(bins, "bins.csv", row.names = FALSE, quote = FALSE)

packages <- c("lme4", "sandwich", "clubSandwich", "car", "performance", "pROC", "glmmTMB")
write.csv(data.frame(package = c("R", packages), version = c(as.character(getRversion()), sapply(packages, function(p) as.character(packageVersion(p))))),
          "versions.csv", row.names = FALSE, quote = FALSE)

if ("exact" %in% args) {
  without <- sapply(sort(unique(d1$municipality)), function(k)
    coef(glm.fit(model.matrix(g)[d1$municipality != k, ], d1$outcome[d1$municipality != k], family = binomial(), start = coef(g), control = tight))["js"])
  write.csv(data.frame(quantity = c("lowest", "highest"), value = number(range(without))), "without.csv", row.names = FALSE, quote = FALSE)
}
