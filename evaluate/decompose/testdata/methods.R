# Decompositions of a difference in rates, in base R: what package decompose computes, written anew from the papers.
# Every function takes the data of both groups as list(y, focus, X, blocks, categories): X a matrix of columns, blocks a
# list of column names by block, categories a list of column names that are indicators of all levels but one.
# Used by homecomp.R here and by decomposition.R of the pipeline.

rows <- NULL
tell <- function(method, choice, piece, block, value, error = NA)
  rows <<- rbind(rows, data.frame(method, choice, piece, block, value = sprintf("%.17g", value), error = sprintf("%.3g", error)))
tell_blocks <- function(method, choice, piece, v, error = rep(NA, length(v)), total = TRUE) {
  for (b in names(v)) tell(method, choice, piece, b, v[[b]], error[[match(b, names(v))]])
  if (total) tell(method, choice, piece, "", sum(v))
}
zero <- function(b) { b[is.na(b)] <- 0; b }

# coefficients of a linear or logistic model, aliased ones 0
linear <- function(y, X) zero(coef(lm.fit(cbind("(Intercept)" = 1, X), y)))
logistic <- function(y, X) zero(coef(glm.fit(cbind("(Intercept)" = 1, X), y, family = binomial(), control = glm.control(1e-14, 100))))

# What coefficients come to at means, by block and constant, with every category given all its levels and its
# coefficients centred (Yun 2005).
at_means <- function(d, means, b) {
  out <- sapply(d$blocks, function(v) sum(means[v] * b[v]))
  constant <- b[["(Intercept)"]]
  for (k in d$categories) {
    full <- c(b[k], 0)                                  # the omitted level last
    block <- names(d$blocks)[sapply(d$blocks, function(v) k[1] %in% v)]
    share <- c(means[k], 1 - sum(means[k]))
    out[[block]] <- out[[block]] - sum(means[k] * b[k]) + sum(share * (full - mean(full)))
    constant <- constant + mean(full)
  }
  c(out, constant = constant)
}
endow <- function(d, m1, m0, b) sapply(d$blocks, function(v) sum((m1[v] - m0[v]) * b[v]))

decompose <- function(d, draws, seed = 1) {
  f <- d$focus; X1 <- d$X[f, , drop = FALSE]; X0 <- d$X[!f, , drop = FALSE]; y1 <- d$y[f]; y0 <- d$y[!f]
  m1 <- colMeans(X1); m0 <- colMeans(X0)
  tell("", "", "", "", mean(y1) - mean(y0))
  # linear probability models
  fits <- function(model) {
    both <- model(d$y, cbind(scheme = f + 0, d$X))
    list(reference = model(y0, X0), focus = model(y1, X1), pooled = both[names(both) != "scheme"], scheme = both[["scheme"]])
  }
  l <- fits(linear)
  l$half <- (l$reference + l$focus) / 2
  l$neumark <- linear(d$y, d$X)
  tell_blocks("gelbach", "", "explained", gelbach(d))
  tell("gelbach", "", "unexplained", "", l$scheme)
  for (k in c("reference", "focus", "pooled", "half", "neumark")) {
    tell_blocks("oaxaca", k, "explained", endow(d, m1, m0, l[[k]]))
    tell_blocks("oaxaca", k, "unexplained", at_means(d, m1, l$focus - l[[k]]) + at_means(d, m0, l[[k]] - l$reference))
  }
  change <- l$focus - l$reference
  tell_blocks("threefold", "reference", "endowments", endow(d, m1, m0, l$reference))
  tell_blocks("threefold", "reference", "coefficients", at_means(d, m0, change))
  tell_blocks("threefold", "reference", "interaction", endow(d, m1, m0, change))
  tell_blocks("threefold", "focus", "endowments", endow(d, m1, m0, l$focus))
  tell_blocks("threefold", "focus", "coefficients", at_means(d, m1, change))
  tell_blocks("threefold", "focus", "interaction", -endow(d, m1, m0, change))
  # logistic models
  g <- fits(logistic)
  P <- function(X, b) plogis(drop(cbind(1, X) %*% b))
  share <- function(total, v) if (abs(total) < 1e-13) 0 * v else total * v / sum(v)
  for (k in c("reference", "focus", "pooled")) {
    b <- g[[k]]; e1 <- mean(P(X1, b)); e0 <- mean(P(X0, b))
    tell_blocks("logit", k, "explained", share(e1 - e0, endow(d, m1, m0, b)))
    tell_blocks("logit", k, "unexplained", share(if (k == "focus") 0 else mean(y1) - e1, at_means(d, m1, g$focus - b)) +
      share(if (k == "reference") 0 else e0 - mean(y0), at_means(d, m0, b - g$reference)))
    fairlie(d, k, b, draws, seed)
  }
}

# the conditional decomposition by its own regressions: of y on everything, and of every column on the scheme
gelbach <- function(d) {
  b <- linear(d$y, cbind(scheme = d$focus + 0, d$X))
  gamma <- apply(d$X, 2, function(x) linear(x, cbind(scheme = d$focus + 0))[["scheme"]])
  sapply(d$blocks, function(v) sum(gamma[v] * b[v]))
}

# the standard errors of the conditional decomposition, cluster-robust without small-sample factor: all regressions
# stacked, influence by influence
gelbach_errors <- function(d, cluster) {
  W <- cbind(1, d$focus + 0); Z <- cbind(W, d$X)
  b <- linear(d$y, cbind(scheme = d$focus + 0, d$X)); e <- d$y - drop(Z %*% b)
  psi <- e * (Z %*% solve(crossprod(Z)))                # of the coefficients of y on everything, by person
  out <- c(sapply(d$blocks, function(v) {
    total <- 0
    for (x in v) {
      G <- linear(d$X[, x], cbind(scheme = d$focus + 0)); u <- d$X[, x] - drop(W %*% G)
      total <- total + G[["scheme"]] * psi[, 2 + match(x, colnames(d$X))] + b[[x]] * (u * (W %*% solve(crossprod(W))))[, 2]
    }
    sqrt(sum(rowsum(total, cluster)^2))
  }), remains = sqrt(sum(rowsum(psi[, 2], cluster)^2)))
  for (k in names(out)) tell("gelbach_cr0", "", "error", k, out[[k]])
}

# Fairlie's decomposition: matched by rank, blocks in random order. The error is that of the mean over draws.
fairlie <- function(d, choice, b, draws, seed) {
  set.seed(seed)
  score <- sapply(d$blocks, function(v) drop(d$X[, v, drop = FALSE] %*% b[v]))
  index <- rowSums(score)
  one <- which(d$focus); null <- which(!d$focus)
  n <- min(length(one), length(null))
  pick <- function(i) { i <- if (length(i) > n) sample(i, n) else i; i[order(index[i])] }
  each <- replicate(draws, {
    i <- pick(one); j <- pick(null); now <- score[j, , drop = FALSE]; out <- numeric(length(d$blocks))
    for (k in sample(length(d$blocks))) {
      before <- mean(plogis(b[["(Intercept)"]] + rowSums(now))); now[, k] <- score[i, k]
      out[k] <- mean(plogis(b[["(Intercept)"]] + rowSums(now))) - before
    }
    out
  })
  v <- rowMeans(each); names(v) <- names(d$blocks)
  tell_blocks("fairlie", choice, "explained", v, apply(each, 1, sd) / sqrt(draws), total = FALSE)
}

# Kitagawa's decomposition by a factor, and standardized rates
rates <- function(d, name, level) {
  a1 <- prop.table(table(level[d$focus])); a0 <- prop.table(table(level[!d$focus])); a <- prop.table(table(level))
  r1 <- tapply(d$y[d$focus], level[d$focus], mean); r0 <- tapply(d$y[!d$focus], level[!d$focus], mean); r <- tapply(d$y, level, mean)
  s1 <- ifelse(is.na(r1), r0, r1); s0 <- ifelse(is.na(r0), r1, r0)
  tell("kitagawa", "", "composition", name, sum((a1 - a0) * (s1 + s0) / 2))
  tell("kitagawa", "", "rates", name, sum((s1 - s0) * (a1 + a0) / 2))
  side <- list(reference = list(a0, r0), focus = list(a1, r1), pooled = list(a, r))
  for (s in c("reference", "focus")) for (k in names(side)) {
    tell("direct", k, s, name, sum((side[[k]][[1]] * side[[s]][[2]])[side[[k]][[1]] > 0]))
    A <- side[[s]][[1]]; std <- side[[k]]
    if (k != s) tell("indirect", k, s, name, sum((std[[1]] * std[[2]])[std[[1]] > 0]) * sum((A * side[[s]][[2]])[A > 0]) / sum((A * std[[2]])[A > 0]))
  }
}
