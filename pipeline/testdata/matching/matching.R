# The shipped study's matchings, in R: who is compared, how alike they are and how their outcomes differ.
#
# In this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript matching.R dataset.csv
# It takes a minute and writes matching.csv (id as in results.json, value, half of the interval where R has one; 17 digits).
#
# Nearest neighbours are by MatchIt's routine for mahvars (see evaluate/match/testdata/matching.R for why), those with
# replacement by sorting. Errors after matching are clustered by pair and municipality as in the script there, which holds
# them against sandwich's. Weighting and doubly robust estimates are by their formulas; their intervals are a bootstrap's
# and not compared here. Settings are those of study.yaml, written here once more.
# Made with R 4.2.2, MatchIt 4.5.1.
suppressMessages(library(MatchIt))
options(digits = 17, warn = 1)
d <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character")); d <- d[d$in_individual == 1, ]; rownames(d) <- NULL
d$treat <- as.numeric(d$scheme == "jobbsjansen"); n <- nrow(d); t <- which(d$treat == 1); c0 <- which(d$treat == 0)
tight <- glm.control(epsilon = 1e-15, maxit = 200)
out <- NULL
tell <- function(id, value, half = NA) out <<- rbind(out, data.frame(id, value = sprintf("%.17g", value), half = sprintf("%.17g", half)))
two_way <- function(psi, set, cluster) { one <- function(g) { s <- tapply(psi, g, sum); length(s) / (length(s) - 1) * sum(s^2) }
  one(set) + one(cluster) - one(paste(set, cluster)) }
wsmd <- function(x, w) { m <- function(k) weighted.mean(x[d$treat == k], w[d$treat == k]); b <- all(x %in% 0:1)
  s <- if (b) sqrt(mean(x[t]) * (1 - mean(x[t]))) else sd(x[t]); v <- m(1) - m(0); if (abs(v) > 1e-8) v / s else v }

analyse <- function(name, right, ways, balance) {
  g <- glm(update(right, treat ~ .), binomial, d, control = tight); ps <- fitted(g); eta <- predict(g)
  X <- model.matrix(right, d); Y <- d$outcome
  id <- function(quantity, way, ...) paste(c(quantity, way, name, "jobbsjansen", ...), collapse = ".")
  tell(id("matching_off_support", NULL), sum(ps[t] > max(ps[c0]) | ps[t] < min(ps[c0])))
  tell(id("matching_off_support_reference", NULL), sum(ps[c0] > max(ps[t]) | ps[c0] < min(ps[t])))
  told <- function(way, w) for (v in balance) tell(id("matching_balance", way, v), wsmd(d[[v]], w))
  told(NULL, rep(1, n))
  for (way in names(ways)) {
    w <- ways[[way]]
    if (w$kind == "nearest") {
      data <- cbind(d, ps = ps)
      if (isTRUE(w$replace)) m <- t(sapply(t, function(i) { o <- c0[d$male[c0] == d$male[i]]; o <- o[order(abs(ps[i] - ps[o]), o)][1:w$ratio]
        ifelse(abs(ps[i] - ps[o]) <= 0.2 * sd(ps), o, NA) }))
      else m <- matrix(as.integer(matchit(treat ~ male, data, distance = ps, mahvars = if (w$by == "ps") ~ps else right, caliper = 0.2, exact = ~male)$match.matrix), nrow = length(t))
      s <- which(rowSums(!is.na(m)) > 0)
      k <- do.call(rbind, lapply(s, function(j) { i <- m[j, !is.na(m[j, ])]; data.frame(row = c(t[j], i), set = j, w = c(1, rep(1 / length(i), length(i)))) }))
      one <- d$treat[k$row] == 1; nn <- sum(one); y <- Y[k$row]; cl <- d$municipality[k$row]
      plain <- mean(y[one]) - weighted.mean(y[!one], k$w[!one])
      psi <- ifelse(one, (y - mean(y[one])) / nn, -k$w * (y - weighted.mean(y[!one], k$w[!one])) / nn)
      tell(id("matched_difference_plain", way), plain, qnorm(0.975) * sqrt(two_way(psi, k$set, cl)))
      Z <- X[k$row, ]; m0 <- suppressWarnings(glm.fit(Z[!one, ], y[!one], k$w[!one], family = binomial(), control = tight)); ok <- !is.na(m0$coefficients)
      e <- drop(Z[, ok] %*% m0$coefficients[ok]); mu <- plogis(e); de <- mu * (1 - mu); tau <- mean(y[one] - mu[one])
      A <- crossprod(Z[!one, ok] * (k$w * de)[!one], Z[!one, ok]); G <- colSums(Z[one, ok] * de[one]) / nn
      psi <- ifelse(one, (y - mu - tau) / nn, -drop(Z[, ok] %*% MASS::ginv(A) %*% G) * k$w * (y - mu))
      tell(id("matched_difference", way), tau, qnorm(0.975) * sqrt(two_way(psi, k$set, cl)))
      tell(id("matching_kept", way), nn); tell(id("matching_kept_reference", way), length(unique(k$row[!one])))
      total <- tapply(k$w, k$row, sum); full <- rep(0, n); full[as.integer(names(total))] <- total
      tell(id("matching_effective_reference", way), sum(full[c0])^2 / sum(full[c0]^2)); told(way, full)
    } else {
      keep <- if (is.null(w$trim)) rep(1, n) else as.numeric(ps >= w$trim[1] & ps <= w$trim[2])
      full <- if (w$kind == "overlap") ifelse(d$treat == 1, plogis(-eta), ps) else keep * ifelse(d$treat == 1, 1, exp(eta))
      a <- weighted.mean(Y[t], full[t]); b <- weighted.mean(Y[c0], full[c0])
      if (w$kind == "aipw") { r <- which(d$treat == 0 & keep == 1); m0 <- glm.fit(X[r, ], Y[r], family = binomial(), control = tight)$coefficients
        m0 <- plogis(drop(X %*% m0)); b <- weighted.mean(m0[t], keep[t]) + weighted.mean((Y - m0)[c0], full[c0]) }
      tell(id("matched_difference", way), a - b); tell(id("matching_kept", way), sum(full[t] > 0))
      tell(id("matching_effective_reference", way), sum(full[c0])^2 / sum(full[c0]^2)); told(way, full)
    }
  }
}
origins <- grep("^origin_", names(d), value = TRUE); places <- c("immigrant_share", "net_migration", "industry_share")
nearest <- list(kind = "nearest", by = "ps"); weighting <- function(kind, ...) list(kind = kind, ...)
analyse("alike", reformulate(c("factor(education)", "male", "age", "residence_years", "norwegian_level", origins, places)),
  list(nearest = nearest, replacement = list(kind = "nearest", replace = TRUE, ratio = 3), mahalanobis = list(kind = "nearest", by = "all"),
    weighting = weighting("ipw", trim = c(0.001, 0.9)), overlap = weighting("overlap"), doubly_robust = weighting("aipw", trim = c(0.001, 0.9))),
  c("male", "age", "residence_years", "norwegian_level", origins, places, "duration_months", "absence_high"))
analyse("apart_from_residence", reformulate(c("factor(education)", "male", "age", "norwegian_level", origins, places)),
  list(nearest = nearest, weighting = weighting("ipw", trim = c(0.001, 0.95)), overlap = weighting("overlap"), doubly_robust = weighting("aipw", trim = c(0.001, 0.95))),
  c("male", "age", "norwegian_level", origins, places, "residence_years", "duration_months", "absence_high"))
write.csv(out, "matching.csv", row.names = FALSE, quote = FALSE)
