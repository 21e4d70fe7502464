# Writes margins.json: average predictions, effects and profiles, and the joint
# covariance of mixed models, as R has them for people.csv and groups.csv.
# Run in this folder: LC_ALL=C.UTF-8 Rscript margins.R
#
# Where a package gives the quantity (emmeans, ggeffects), it is the package's.
# Else it is the delta method by hand: the quantity as a function of all
# parameters, its Jacobian by numDeriv, and their covariance. Mixed models are
# fitted by glmmTMB (lme4 with probit and cloglog) and led to the maximum by Newton steps with the gradient;
# the covariance is the inverse of the Hessian there. Averages over random
# effects are Gauss-Hermite sums of 100 points over the variance z'Sz of a row.
suppressMessages({library(lme4); library(glmmTMB); library(emmeans); library(ggeffects); library(numDeriv); library(jsonlite)})
invisible(Sys.setlocale("LC_COLLATE", "C"))
options(warn = 1)
people <- read.csv("people.csv", stringsAsFactors = TRUE, na.strings = "")
groups <- read.csv("groups.csv", stringsAsFactors = TRUE, na.strings = "")
people <- droplevels(people[people$region != "abroad", ]) # two rows, too few for interactions
z975 <- qnorm(0.975)
cases <- list()
ends <- function(v) if (is.null(v)) NULL else I(as.vector(v))
add <- function(name, kind, file, formula, family, link, over, ask, estimate, se, low = NULL, high = NULL, source, ...) {
  cases[[length(cases) + 1]] <<- c(list(name = name, kind = kind, file = file, formula = formula, family = family, link = link, over = over,
    ask = ask, estimate = I(as.vector(estimate)), se = I(as.vector(se)), low = ends(low), high = ends(high), source = source), list(...))
}

# ---- Parameters ----

# A model is f(par): everything that a quantity needs, par with its covariance,
# rows(par, data): list(eta, v), the linear predictor and the variance of z'b.
glm_model <- function(formula, family, data, ...) {
  m <- do.call(glm, c(list(formula, family, data, control = list(epsilon = 1e-14, maxit = 100)), list(...)))
  fixed <- delete.response(terms(m))
  list(fit = m, par = coef(m), cov = vcov(m), inv = m$family$linkinv, link = m$family$linkfun, slope = m$family$mu.eta,
    df = if (m$family$family %in% c("gaussian", "Gamma")) df.residual(m) else Inf,
    rows = function(par, d) {
      mf <- model.frame(fixed, d, xlev = m$xlevels); o <- model.offset(mf)
      list(eta = drop(model.matrix(fixed, mf) %*% par) + if (is.null(o)) 0 else o, v = 0)
    })
}
tmb_model <- function(formula, family, data, z = NULL) { # z: for every random term its one-sided formula
  m <- glmmTMB(formula, data, family)
  obj <- m$obj; p <- m$fit$par
  for (i in 1:4) {
    h <- jacobian(function(q) drop(obj$gr(q)), p, method.args = list(eps = 1e-3, d = 1e-3, r = 4)); h <- (h + t(h)) / 2
    p <- p - drop(solve(h, drop(obj$gr(p))))
  }
  h <- jacobian(function(q) drop(obj$gr(q)), p, method.args = list(eps = 1e-3, d = 1e-3, r = 4)); h <- (h + t(h)) / 2
  stopifnot(max(abs(obj$gr(p)) * sqrt(diag(solve(h)))) < 1e-7)
  fixed <- delete.response(terms(lme4::nobars(formula))); X <- model.frame(fixed, data); xlev <- .getXlevels(fixed, X)
  b <- names(p) == "beta"; th <- which(names(p) == "theta")
  sigmas <- function(par) { # a covariance matrix for every term
    at <- 0
    lapply(z, function(f) {
      q <- if (f == ~1) 1 else 2
      t <- par[th[at + 1:(q * (q + 1) / 2)]]; at <<- at + q * (q + 1) / 2
      if (q == 1) return(matrix(exp(2 * t)))
      r <- t[3] / sqrt(1 + t[3]^2); s <- exp(t[1:2]); matrix(c(s[1]^2, r * s[1] * s[2], r * s[1] * s[2], s[2]^2), 2)
    })
  }
  natural <- function(par) { # as the program orders them
    dispersion <- switch(m$modelInfo$family$family, gaussian = exp(par[names(p) == "betad"]), Gamma = exp(-par[names(p) == "betad"]), NULL)
    unname(c(par[b], unlist(lapply(sigmas(par), function(s) t(s)[upper.tri(s, TRUE)])), dispersion))
  }
  j <- jacobian(natural, p)
  fam <- m$modelInfo$family
  list(fit = m, par = p, cov = solve(h), inv = fam$linkinv, link = fam$linkfun, slope = fam$mu.eta, df = Inf, natural = natural(p), joint = j %*% solve(h) %*% t(j),
    rows = function(par, d) {
      mf <- model.frame(fixed, d, xlev = xlev); o <- model.offset(mf)
      v <- 0; s <- sigmas(par)
      for (k in seq_along(z)) { zk <- model.matrix(z[[k]], d); v <- v + rowSums((zk %*% s[[k]]) * zk) }
      list(eta = drop(model.matrix(fixed, mf) %*% par[b]) + if (is.null(o)) 0 else o, v = v)
    })
}
# Laplace's approximation takes the expected information with a link that is
# not canonical in lme4 and in the program, the observed one in glmmTMB. So those
# models are lme4's; all their terms are intercepts.
lme4_model <- function(formula, family, data, z) {
  m <- glmer(formula, data, family, control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, calc.derivs = FALSE))
  f <- update(m, devFunOnly = TRUE)
  p <- unname(c(getME(m, "theta"), fixef(m))); k <- length(z)
  s <- c(rep(0.2, k), sqrt(diag(as.matrix(vcov(m, use.hessian = FALSE)))))
  scaled <- function(q) f(p + s * q); zero <- rep(0, length(p)); steps <- list(eps = 0.2, d = 0.1, zero.tol = 1, r = 5, v = 2)
  for (i in 1:4) {
    h <- hessian(scaled, zero, method.args = steps) / 2; h <- (h + t(h)) / 2
    p <- p - s * drop(solve(h, grad(scaled, zero, method.args = steps) / 2))
  }
  h <- hessian(scaled, zero, method.args = steps) / 2
  stopifnot(max(abs(grad(scaled, zero, method.args = steps)) * sqrt(diag(solve(h)))) < 1e-6)
  cov <- s * t(s * solve((h + t(h)) / 2))
  fixed <- delete.response(terms(lme4::nobars(formula))); xlev <- .getXlevels(fixed, model.frame(fixed, data)); fam <- m@resp$family
  j <- rbind(cbind(matrix(0, length(p) - k, k), diag(length(p) - k)), cbind(diag(2 * p[1:k], k), matrix(0, k, length(p) - k)))
  list(fit = m, par = p, cov = cov, inv = fam$linkinv, link = fam$linkfun, slope = fam$mu.eta, df = Inf, natural = c(p[-(1:k)], p[1:k]^2), joint = j %*% cov %*% t(j),
    rows = function(par, d) list(eta = drop(model.matrix(fixed, model.frame(fixed, d, xlev = xlev)) %*% par[-(1:k)]), v = sum(par[1:k]^2)))
}
rule <- GHrule(100)
mean_of <- function(m, par, d, over) {
  r <- m$rows(par, d)
  if (over == "typical") return(m$inv(r$eta))
  drop(sapply(rule[, "z"], function(s) m$inv(r$eta + sqrt(r$v) * s)) %*% rule[, "w"])
}
delta <- function(m, f) { j <- jacobian(f, m$par); list(estimate = f(m$par), se = sqrt(diag(j %*% m$cov %*% t(j)))) }
symmetric <- function(m, r) { q <- if (is.finite(m$df)) qt(0.975, m$df) else z975; c(r, list(low = r$estimate - q * r$se, high = r$estimate + q * r$se)) }
by_link <- function(m, r) {
  q <- if (is.finite(m$df)) qt(0.975, m$df) else z975
  g <- m$link(r$estimate); half <- q * r$se / m$slope(g)
  c(r, list(low = m$inv(g - half), high = m$inv(g + half)))
}
put <- function(d, ...) { v <- list(...); for (n in names(v)) d[[n]] <- if (is.factor(d[[n]])) factor(v[[n]], levels(d[[n]])) else v[[n]]; d }
# effect of a variable: of levels against the first, or the derivative
effect_of <- function(m, par, d, name, over, step = NULL) {
  x <- d[[name]]; avg <- function(v) mean(mean_of(m, par, do.call(put, c(list(d), setNames(list(v), name))), over))
  if (is.factor(x)) return(sapply(levels(x)[-1], function(l) avg(l) - avg(levels(x)[1])))
  if (!is.null(step)) return(avg(x + step) - avg(x))
  if (all(x %in% 0:1)) return(avg(1) - avg(0))
  h <- 1e-3 * sd(x); (8 * (avg(x + h) - avg(x - h)) - (avg(x + 2 * h) - avg(x - 2 * h))) / (12 * h)
}
by_hand <- "numDeriv"
ask_all <- function(tag, m, d, file, formula, family, link, over, names, levels = NULL, within = NULL, steps = NULL, rows = NULL, ...) {
  for (o in over) {
    at <- function(kind, ask, r, extra = NULL) do.call(add, c(list(paste(tag, o, kind, ask$variable), kind, file, formula, family, link, o, ask, r$estimate, r$se, r$low, r$high, by_hand), list(...)))
    at("average", list(variable = ""), by_link(m, delta(m, function(p) mean(mean_of(m, p, d, o)))))
    at("all", list(variable = ""), symmetric(m, delta(m, function(p) unlist(lapply(names, function(n) unname(effect_of(m, p, d, n, o)))))))
    for (l in levels) {
      at("levels", list(variable = l), by_link(m, delta(m, function(p) sapply(base::levels(d[[l]]), function(v) mean(mean_of(m, p, do.call(put, c(list(d), setNames(list(v), l))), o))))))
      at("by", list(variable = l), by_link(m, delta(m, function(p) sapply(base::levels(d[[l]]), function(v) mean(mean_of(m, p, d[d[[l]] == v, ], o))))))
    }
    for (w in within) {
      f <- function(p) { e <- sapply(base::levels(d[[w[2]]]), function(v) effect_of(m, p, d[d[[w[2]]] == v, ], w[1], o)); c(e, e[-1] - e[1]) }
      at("within", list(variable = w[1], by = w[2]), symmetric(m, delta(m, f)))
    }
    for (s in base::names(steps)) at("change", list(variable = s, step = steps[[s]]), symmetric(m, delta(m, function(p) effect_of(m, p, d, s, o, steps[[s]]))))
    if (!is.null(rows)) at("rows", list(variable = "", rows = rows), by_link(m, delta(m, function(p) mean_of(m, p, d[rows, ], o))))
  }
}

# ---- Models without random effects ----

known <- function(d, ...) droplevels(d[complete.cases(d[, c(...)]), ])
d <- known(people, "age", "sex", "region", "z", "female", "outcome", "exposure")
f <- outcome ~ sex * region + z + poly(age, 2)
ask_all("logit", glm_model(f, binomial(), d), d, "people.csv", "outcome ~ sex * region + z + poly(age, 2)", "binomial", "logit", "typical",
  c("sex", "region", "z", "age"), c("sex", "region"), list(c("sex", "region")), list(z = 1, age = 10), 1:6, need = c("age", "sex", "region", "z", "female", "outcome", "exposure"))
f <- outcome ~ female * z + log(exposure)
for (link in c("probit", "cloglog")) ask_all(link, glm_model(f, binomial(link), d), d, "people.csv", "outcome ~ female * z + log(exposure)", "binomial", link, "typical",
  c("female", "z", "exposure"), "sex", NULL, NULL, 1:4, need = c("age", "sex", "region", "z", "female", "outcome", "exposure"))
d <- known(people, "count", "sex", "z", "region", "exposure")
ask_all("poisson", glm_model(count ~ sex + z * region + offset(log(exposure)), poisson(), d), d, "people.csv", "count ~ sex + z * region + offset(log(exposure))", "poisson", "log", "typical",
  c("sex", "z", "region"), "region", list(c("z", "sex")), list(z = 0.5), 1:4, need = c("count", "sex", "z", "region", "exposure"))
d <- known(people, "amount", "sex", "z", "score")
ask_all("gaussian", glm_model(score ~ sex * z, gaussian(), d), d, "people.csv", "score ~ sex * z", "gaussian", "identity", "typical",
  c("sex", "z"), "sex", list(c("z", "sex")), NULL, 1:4, need = c("amount", "sex", "z", "score"))

# ---- emmeans and ggeffects ----

d <- known(people, "sex", "region", "z", "outcome")
need <- c("sex", "region", "z", "outcome")
form <- "outcome ~ sex * region + z"
m <- glm(outcome ~ sex * region + z, binomial(), d, control = list(epsilon = 1e-14, maxit = 100))
g <- regrid(ref_grid(m, at = list(z = 0.5)), transform = "response")
e <- as.data.frame(emmeans(g, ~sex, weights = "proportional"))
add("emmeans, proportional weights, on the response", "levels", "people.csv", form, "binomial", "logit", "typical", list(variable = "sex", put = list(z = 0.5)),
  e[[2]], e$SE, NULL, NULL, "emmeans", need = need)
k <- as.data.frame(summary(contrast(emmeans(g, ~region, weights = "proportional"), "trt.vs.ctrl1"), infer = TRUE, adjust = "none"))
add("emmeans, contrasts of levels", "effect", "people.csv", form, "binomial", "logit", "typical", list(variable = "region", put = list(z = 0.5)),
  k$estimate, k$SE, k$asymp.LCL, k$asymp.UCL, "emmeans", need = need)
e <- as.data.frame(emmeans(ref_grid(m, at = list(z = 0.5)), ~ sex * region, type = "response"))
e <- e[match(paste(d$sex, d$region)[1:8], paste(e$sex, e$region)), ]
add("emmeans, profiles by the link", "rows", "people.csv", form, "binomial", "logit", "typical", list(variable = "", put = list(z = 0.5), rows = 1:8),
  e$prob, e$SE, e$asymp.LCL, e$asymp.UCL, "emmeans", need = need)
p <- as.data.frame(ggpredict(m, c("sex", "region", "z [0.5]")))
p <- p[match(paste(d$sex, d$region)[1:8], paste(p$x, p$group)), ]
add("ggeffects, profiles", "rows", "people.csv", form, "binomial", "logit", "typical", list(variable = "", put = list(z = 0.5), rows = 1:8),
  p$predicted, p$std.error * p$predicted * (1 - p$predicted), p$conf.low, p$conf.high, "ggeffects", need = need)

# ---- Mixed models ----

joint <- list()
mixed <- function(tag, formula, family, fam, link, z, ...) {
  m <- (if (link %in% c("probit", "cloglog")) lme4_model else tmb_model)(formula, fam, groups, z)
  text <- gsub(" +", " ", paste(deparse(formula), collapse = ""))
  joint[[length(joint) + 1]] <<- list(formula = text, family = family, link = link, parameters = m$natural, cov = m$joint)
  ask_all(tag, m, groups, "groups.csv", text, family, link, c("typical", "population"), ...)
  m
}
b <- binomial()
m1 <- mixed("mixed logit", one ~ sex * x + f + (1 | a), "binomial", b, "logit", list(~1), names = c("sex", "x", "f"), levels = c("sex", "f"), within = list(c("sex", "f")), steps = list(x = 1), rows = 1:5)
invisible(mixed("mixed slope", slope ~ x + sex + (1 + x | a), "binomial", b, "logit", list(~x), names = c("x", "sex"), levels = "sex", steps = list(x = 1), rows = 1:5))
invisible(mixed("mixed nested", nested ~ x + z + sex + (1 | a) + (1 | b), "binomial", b, "logit", list(~1, ~1), names = c("x", "z", "sex"), levels = "sex", rows = 1:5))
invisible(mixed("mixed crossed cloglog", crossed ~ x * sex + (1 | a) + (1 | d), "binomial", binomial("cloglog"), "cloglog", list(~1, ~1), names = c("x", "sex"), levels = "sex", rows = 1:5))
invisible(mixed("mixed probit", one ~ x * sex + (1 | a), "binomial", binomial("probit"), "probit", list(~1), names = c("x", "sex"), levels = "sex", rows = 1:5))
invisible(mixed("mixed poisson", count ~ x * sex + offset(log(exposure)) + (1 | a) + (1 | d), "poisson", poisson(), "log", list(~1, ~1), names = c("x", "sex"), levels = "sex", rows = 1:5))
invisible(mixed("mixed gaussian", growth ~ x * sex + (1 + x | a), "gaussian", gaussian(), "identity", list(~x), names = c("x", "sex"), levels = "sex", rows = 1:5))
invisible(mixed("mixed gamma", amount ~ x * sex + (1 | a), "gamma", Gamma("log"), "log", list(~1), names = c("x", "sex"), levels = "sex", rows = 1:5))

p <- as.data.frame(ggpredict(m1$fit, c("sex", "f", "x [0.25]"), type = "fixed"))
p <- p[match(paste(groups$sex, groups$f)[1:8], paste(p$x, p$group)), ]
add("ggeffects, profiles of a typical group", "rows", "groups.csv", "one ~ sex * x + f + (1 | a)", "binomial", "logit", "typical", list(variable = "", put = list(x = 0.25), rows = 1:8),
  p$predicted, p$std.error * p$predicted * (1 - p$predicted), p$conf.low, p$conf.high, "ggeffects")
g <- regrid(ref_grid(m1$fit, at = list(x = 0.25)), transform = "response")
k <- as.data.frame(summary(contrast(emmeans(g, ~f, weights = "proportional"), "trt.vs.ctrl1"), infer = TRUE, adjust = "none"))
add("emmeans, contrasts of levels in a typical group", "effect", "groups.csv", "one ~ sex * x + f + (1 | a)", "binomial", "logit", "typical", list(variable = "f", put = list(x = 0.25)),
  k$estimate, k$SE, NULL, NULL, "emmeans")

versions <- sapply(c("lme4", "glmmTMB", "emmeans", "ggeffects", "numDeriv", "jsonlite"), function(p) as.character(packageVersion(p)))
writeLines(toJSON(list(R = R.version.string, versions = as.list(versions), cases = cases, joint = joint), auto_unbox = TRUE, digits = NA, pretty = FALSE, null = "null"), "margins.json")
