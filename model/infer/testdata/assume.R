# Writes assume.json: small data sets with their model matrices, and what R's
# packages make of them: influence measures of stats, robust covariances of
# sandwich and clubSandwich, car::vif, areas and errors of pROC, recalibration
# by glm, residuals in bins of average ranks. Each fit is started anew from its
# own result fifteen times, so that R's values are good to the last digits.
# Run in this folder: Rscript assume.R
# R 4.2.2, car 3.1.1, sandwich 3.0.2, clubSandwich 0.5.8, pROC 1.18.0, lme4 1.1.31
suppressMessages({library(car); library(sandwich); library(clubSandwich); library(pROC); library(lme4); library(jsonlite)})
RNGversion("4.2.0"); set.seed(20020611)

tight <- function(formula, family, data, weights = NULL, offset = NULL) {
  data$w. <- if (is.null(weights)) rep(1, nrow(data)) else weights
  data$o. <- if (is.null(offset)) rep(0, nrow(data)) else offset
  environment(formula) <- environment()
  go <- function(start) suppressWarnings(do.call(glm, list(formula, family = family, data = data, weights = data$w., offset = data$o., start = start)))
  m <- go(NULL)
  for (i in 1:15) m <- go(ifelse(is.na(coef(m)), 0, coef(m)))
  m
}
# in full size: the rows and columns of aliased coefficients are NA
full <- function(m, v) {
  keep <- !is.na(coef(m)); if (nrow(v) > sum(keep)) v <- v[keep, keep]; out <- matrix(NA, length(keep), length(keep)); out[keep, keep] <- as.matrix(v); out
}
spread <- function(m, v) { out <- rep(NA, length(coef(m))); out[!is.na(coef(m))] <- v; out }

case <- function(name, formula, family, data, cluster, weights = NULL, offset = NULL, trials = FALSE) {
  m <- tight(formula, family, data, weights, offset)
  x <- model.matrix(formula, data)
  one <- rep(1, nrow(data))
  inf <- influence(m)
  list(name = name, family = family$family, link = family$link, n = nrow(x), p = ncol(x), x = as.vector(x), y = as.vector(m$y),
       trials = if (trials) weights else one, weights = if (trials || is.null(weights)) one else weights,
       offset = if (is.null(offset)) 0 * one else offset, cluster = as.integer(factor(cluster)) - 1L, beta = unname(coef(m)),
       hat = unname(inf$hat), pearson = unname(inf$pear.res), deviance = unname(inf$dev.res),
       std_pearson = unname(rstandard(m, type = "pearson")), std_deviance = unname(rstandard(m)), cook = unname(cooks.distance(m)),
       dfbetas = as.vector(dfbetas(m)),
       chi_square = sum(inf$pear.res^2), chi_square_p = pchisq(sum(inf$pear.res^2), m$df.residual, lower.tail = FALSE),
       cr0 = as.vector(full(m, vcovCR(m, cluster = cluster, type = "CR0"))),
       hc0 = as.vector(full(m, vcovCL(m, cluster = cluster, type = "HC0", cadjust = FALSE))),
       cr1s = as.vector(full(m, vcovCR(m, cluster = cluster, type = "CR1S"))),
       cr2 = as.vector(full(m, vcovCR(m, cluster = cluster, type = "CR2"))),
       df = spread(m, coef_test(m, vcov = "CR2", cluster = cluster, test = "Satterthwaite")$df_Satt))
}

sizes <- c(1, 1, 2, 3, 5, 8, 12, 20, 38, 50)
n <- sum(sizes)
a <- data.frame(place = rep(seq_along(sizes), sizes), x = round(rnorm(n), 2), z = round(rexp(n), 2),
                g = factor(sample(letters[1:4], n, TRUE)))
a$level <- round(rnorm(length(sizes)), 2)[a$place]
a$x2 <- 2 * a$x - a$z + 1
a$y <- rbinom(n, 1, plogis(-0.5 + 1.2 * a$x + 0.5 * a$level - 0.4 * a$z))
a$total <- 1 + rpois(n, 4)
a$share <- rbinom(n, a$total, plogis(0.3 * a$x + rnorm(10, 0, 0.5)[a$place])) / a$total
a$months <- round(runif(n, 0.5, 3), 2)
a$count <- rpois(n, a$months * exp(0.2 + 0.4 * a$x - 0.3 * a$z + rnorm(10, 0, 0.3)[a$place]))
a$w <- round(runif(n, 0.3, 2.5), 2)
a$score <- round(3 + a$x - a$z + rnorm(10)[a$place] + rnorm(n), 3)
a$amount <- round(rgamma(n, shape = 2, rate = 2 / exp(0.5 + 0.3 * a$x)), 4)
b <- subset(a, place <= 7)     # 32 rows
b$d <- factor(b$place)

cases <- list(
  case("logit, an aliased column", y ~ x + z + x2 + g + level, binomial(), a, a$place),
  case("probit of shares", share ~ x + g, binomial("probit"), a, a$place, a$total, trials = TRUE),
  case("poisson, offset and weights", count ~ x + z + level, poisson(), a, a$place, a$w, log(a$months)),
  case("gaussian", score ~ x + z + g, gaussian(), a, a$place),
  case("gaussian, weights, an effect of every cluster", score ~ x + z + factor(place), gaussian(), subset(a, place > 4), a$place[a$place > 4], a$w[a$place > 4]),
  case("gaussian, a row with an effect of its own", score ~ x + z + (place == 1), gaussian(), a, a$place, a$w),
  case("gamma", amount ~ x + z, Gamma("log"), a, a$place),
  case("cloglog, every row a cluster", y ~ x + z, binomial("cloglog"), subset(a, place > 8), seq_len(88)),
  case("gaussian, every row a cluster", score ~ x + z, gaussian(), b, seq_len(nrow(b))))
# HC2 of sandwich, where every row is a cluster
hc2 <- as.vector(vcovHC(tight(score ~ x + z, gaussian(), b), type = "HC2"))

inflation <- function(name, m, terms) {
  v <- suppressMessages(suppressWarnings(vif(m)))
  if (is.null(dim(v))) v <- cbind(v, 1, sqrt(v))
  b <- if (inherits(m, "merMod")) fixef(m) else coef(m)
  list(name = name, cov = as.vector(as.matrix(vcov(m))), term = as.integer(attr(model.matrix(m), "assign")),
       gvif = unname(v[, 1]), df = as.integer(v[, 2]), root = unname(v[, 3]))
}
vifs <- list(
  inflation("glm", tight(y ~ x + poly(z, 2) + g + level, binomial(), a)),
  inflation("glm, weights", tight(count ~ x + z + level, poisson(), a, a$w)),
  inflation("lm, interaction", lm(score ~ x * g + z, a)),
  inflation("no intercept", tight(score ~ 0 + x + z + level, gaussian(), a)),
  inflation("glmer", glmer(y ~ x + z + g + level + (1 | place), data = a, family = binomial)))

area <- function(name, y, p) {
  r <- roc(y, p, levels = c(0, 1), direction = "<", quiet = TRUE)
  list(name = name, y = y, p = p, auc = as.numeric(auc(r)), se = sqrt(as.numeric(var(r, method = "delong"))))
}
m <- tight(y ~ x + z + g + level, binomial(), a)
areas <- list(area("model", a$y, unname(fitted(m))), area("ties", a$y, round(unname(fitted(m)), 1)),
              area("worse than chance", rep(c(1, 0, 1, 0), 5), c(1:10, 2:11) / 20), area("score of three values", a$y, as.numeric(a$g == "a") + (a$x > 0)))

binof <- function(v, k) floor(k * (rank(v) - 0.5) / length(v))
overconfident <- round(plogis(1.7 * predict(m) + 0.4), 2); overconfident <- pmin(pmax(overconfident, 0.01), 0.99)
k <- 7; at <- binof(overconfident, k)
logit <- qlogis(overconfident)
f <- tight(y ~ logit, binomial(), cbind(a, logit)); i <- tight(y ~ 1, binomial(), a, offset = logit)
calibration <- list(y = a$y, p = unname(overconfident), bins = k, rows = as.vector(table(at)), predicted = as.vector(tapply(overconfident, at, mean)),
  observed = as.vector(tapply(a$y, at, mean)), intercept = unname(coef(i)), intercept_se = unname(sqrt(diag(vcov(i)))),
  slope = unname(coef(f)[2]), slope_se = unname(sqrt(diag(vcov(f)))[2]), brier = mean((a$y - overconfident)^2))
k <- 6; at <- binof(a$z, k); res <- a$y - unname(fitted(m))
binned <- list(x = a$z, residual = res, bins = k, rows = as.vector(table(at)), centre = as.vector(tapply(a$z, at, mean)),
  mean = as.vector(tapply(res, at, mean)), bound = as.vector(tapply(res, at, function(r) 2 * sd(r) / sqrt(length(r)))))

order <- lapply(c(1, 8, 12), function(q) list(n = q, level = 0.95, low = I(qnorm(qbeta(0.025, 1:q, q:1))), high = I(qnorm(qbeta(0.975, 1:q, q:1))), expected = I(qnorm(ppoints(q)))))

y <- c(0, 1, 2, 5); mu <- c(0.4, 1.1, 3, 2.2)
cdf <- list(
  list(family = "poisson", y = y, mu = mu, a = rep(1, 4), below = ppois(y - 1, mu), at = ppois(y, mu)),
  list(family = "binomial", y = c(0, 0.25, 1, 0.6), mu = c(0.2, 0.4, 0.7, 0.55), a = c(1, 4, 3, 5),
       below = pbinom(c(0, 1, 3, 3) - 1, c(1, 4, 3, 5), c(0.2, 0.4, 0.7, 0.55)), at = pbinom(c(0, 1, 3, 3), c(1, 4, 3, 5), c(0.2, 0.4, 0.7, 0.55))),
  list(family = "gaussian", y = y, mu = mu, a = c(1, 2, 0.5, 1), below = pnorm(y, mu, sqrt(1.7 / c(1, 2, 0.5, 1))), at = pnorm(y, mu, sqrt(1.7 / c(1, 2, 0.5, 1)))),
  list(family = "gamma", y = y + 1, mu = mu, a = c(1, 2, 0.5, 1), below = pgamma(y + 1, c(1, 2, 0.5, 1) / 1.7, scale = mu * 1.7 / c(1, 2, 0.5, 1)),
       at = pgamma(y + 1, c(1, 2, 0.5, 1) / 1.7, scale = mu * 1.7 / c(1, 2, 0.5, 1))))

write(toJSON(list(cases = cases, hc2 = hc2, vif = vifs, auc = areas, calibration = calibration, binned = binned, order = order, cdf = cdf, cdf_dispersion = 1.7),
             digits = NA, auto_unbox = TRUE, na = "null"), "assume.json")
