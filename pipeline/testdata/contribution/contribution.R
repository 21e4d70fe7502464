# Contribution indicators of the shipped study's projects and municipalities, of all years and of 2019, in R.
#
# The data set is that of a run (its recoding is held against R in ../individual). In this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript contribution.R dataset.csv
# It takes half a minute and writes contribution.csv (variant, kind, year, unit and its numbers; 12 digits), persons.csv and providers.csv.
#
# The Poisson binomial distribution is convolved one person at a time, anew for every shift of the log odds, and the
# interval found by uniroot (bidrag computes one distribution and tilts it). Equal probabilities are held against
# binom.test, q-values are p.adjust's. Firth's intercept is brglm2's (type AS_mean, log odds of the model as offset), its
# interval uniroot of the penalised likelihood ratio. Standardisation is the mean of plogis over all persons.
#
# providers.csv: simulated providers by the formulas of the R package pprof 1.0.2 (test.logis_fe: one-sided exact tests and
# the two-sided one with half of P(O = o) in both tails; SM_output.logis_fe: direct rate), written here from their definitions.
# Made with R 4.2.2, brglm2 0.9. Tolerances in the test.
suppressMessages(library(brglm2))
options(digits = 17, warn = 2)
alpha <- 0.05

# --- the distribution ---------------------------------------------------------------------------------
distribution <- function(p) { f <- 1; for (x in p) f <- c(f * (1 - x), 0) + c(0, f * x); f }
upper <- function(eta, o) { f <- distribution(plogis(eta)); sum(f[(o + 1):length(f)]) }
lower <- function(eta, o) { f <- distribution(plogis(eta)); sum(f[1:(o + 1)]) }
root <- function(f, from, step) { # away from 0 until the sign changes
  to <- from + step
  while (f(to) > 0) { from <- to; to <- to + step; step <- 2 * step }
  uniroot(f, sort(c(from, to)), tol = 1e-11)$root
}
exact <- function(eta, o) {
  n <- length(eta); up <- upper(eta, o); down <- lower(eta, o)
  start <- if (o == 0 || o == n) 0 else uniroot(function(d) sum(plogis(eta + d)) - o, c(-60, 60), tol = 1e-9)$root
  low <- if (o == 0) -Inf else root(function(d) log(upper(eta + d, o) / (alpha / 2)), if (o == n) 5 else start, -0.5)
  high <- if (o == n) Inf else root(function(d) log(lower(eta + d, o) / (alpha / 2)), if (o == 0) -5 else start, 0.5)
  c(up = up, down = down, p = min(1, 2 * min(up, down)), low = mean(plogis(eta + low)), high = mean(plogis(eta + high)))
}
for (c in list(c(3, 10, .4), c(0, 7, .2), c(12, 12, .9), c(40, 100, .55))) { # Clopper-Pearson with equal probabilities
  o <- c[1]; n <- c[2]; x <- exact(rep(qlogis(c[3]), n), o); b <- binom.test(o, n)$conf.int
  stopifnot(abs(x[["low"]] - b[1]) < 1e-9, abs(x[["high"]] - b[2]) < 1e-9)
}

# --- Firth's intercept --------------------------------------------------------------------------------
firth <- function(eta, y) {
  penalised <- function(a) { p <- plogis(eta + a); sum(dbinom(y, 1, p, log = TRUE)) + log(sum(p * (1 - p))) / 2 }
  m <- glm(y ~ 1, binomial, offset = eta, method = "brglmFit", type = "AS_mean",
           control = list(epsilon = 1e-12, maxit = 1000, check_aliasing = FALSE))
  a <- coef(m)[[1]]; top <- penalised(a); drop <- qchisq(1 - alpha, 1) / 2
  left <- function(x) penalised(x) - top + drop
  c(a = a, low = root(left, a, -0.5), high = root(left, a, 0.5))
}

# --- the shipped study --------------------------------------------------------------------------------
all <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character", project = "character"))
d <- all[all$in_individual == 1, ]
d$scheme <- factor(d$scheme, c("intro", "jobbsjansen"))
right <- c("education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high",
           grep("^origin_", names(d), value = TRUE), grep("^measure_", names(d), value = TRUE))
models <- list(with_scheme = glm(reformulate(c("scheme", right), "outcome"), binomial, d, control = glm.control(1e-14, 100)),
               without_scheme = glm(reformulate(right, "outcome"), binomial, d, control = glm.control(1e-14, 100)))
fmt <- function(x, digits = 17) sprintf(paste0("%.", digits, "g"), x)
rows <- NULL
for (variant in names(models)) {
  m <- models[[variant]]
  eta <- predict(m)
  country <- lapply(levels(d$scheme), function(s) predict(m, transform(d, scheme = factor(s, levels(d$scheme)))))
  names(country) <- levels(d$scheme); country$all <- eta
  share <- table(d$scheme) / nrow(d)
  any_scheme <- rowSums(sapply(levels(d$scheme), function(s) share[[s]] * plogis(country[[s]])))
  units <- function(kind, year, members, scheme_of) {
    members <- members[lengths(members) >= 5]
    got <- lapply(names(members), function(u) {
      i <- members[[u]]; o <- sum(d$outcome[i]); e <- mean(plogis(eta[i]))
      x <- exact(eta[i], o); f <- firth(eta[i], d$outcome[i])
      at <- function(a) mean(plogis(eta[i] + a)) - e
      s <- country[[scheme_of(u)]]
      data.frame(variant, kind, year, unit = u, n = length(i), attained = o, expected = e, up = x[["up"]], down = x[["down"]],
        p = x[["p"]], low = x[["low"]] - e, high = x[["high"]] - e, firth = f[["a"]], firth_low = f[["low"]], firth_high = f[["high"]],
        points = at(f[["a"]]), points_low = at(f[["low"]]), points_high = at(f[["high"]]),
        standardized = mean(plogis(s + f[["a"]])), standardized_low = mean(plogis(s + f[["low"]])), standardized_high = mean(plogis(s + f[["high"]])))
    })
    got <- do.call(rbind, got)
    got$scheme <- got$expected - sapply(members, function(i) mean(any_scheme[i]))
    got$q <- p.adjust(got$p, "BH")
    rows <<- rbind(rows, got)
  }
  by_project <- split(seq_len(nrow(d)), d$project); by_place <- split(seq_len(nrow(d)), d$municipality)
  of_2019 <- function(members) lapply(members, function(i) i[d$year[i] == 2019])
  project_scheme <- function(u) sub("-.*", "", u)
  units("project", "", by_project, project_scheme)
  units("project", "2019", of_2019(by_project), project_scheme)
  units("municipality", "", by_place, function(u) "all")
  cat(variant, "done\n")
}
rows[vapply(rows, is.numeric, TRUE)] <- lapply(rows[vapply(rows, is.numeric, TRUE)], fmt, 12)
write.csv(rows, "contribution.csv", row.names = FALSE, quote = FALSE)

# --- simulated providers ------------------------------------------------------------------------------
set.seed(20261123)
n <- c(1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 1300)
out <- NULL; persons <- NULL
for (j in seq_along(n)) {
  z <- round(rnorm(n[j], 0.2, 1.2), 6); y <- rbinom(n[j], 1, plogis(z + 0.4 * (j %% 3 - 1)))
  persons <- rbind(persons, data.frame(provider = j, eta = z, y = y))
}
for (j in seq_along(n)) {
  x <- persons[persons$provider == j, ]; o <- sum(x$y); p <- plogis(x$eta); f <- distribution(p)
  greater <- sum(f[(o + 1):length(f)]); less <- sum(f[1:(o + 1)]); mid <- greater - f[o + 1] / 2
  gamma <- if (o %in% c(0, n[j])) NA else uniroot(function(g) sum(plogis(x$eta + g)) - o, c(-40, 40), tol = 1e-12)$root
  out <- rbind(out, data.frame(provider = j, greater, less, two_sided = 2 * min(mid, 1 - mid), gamma = gamma,
    direct = if (is.na(gamma)) NA else mean(plogis(persons$eta + gamma))))
}
out[-1] <- lapply(out[-1], fmt)
write.csv(out, "providers.csv", row.names = FALSE, quote = FALSE)
persons$eta <- fmt(persons$eta)
write.csv(persons, "persons.csv", row.names = FALSE, quote = FALSE)
