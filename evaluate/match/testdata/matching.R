# Matching, weighting and their errors on LaLonde's data and on the shipped study, in R.
#
#   LC_ALL=C.UTF-8 Rscript matching.R ../../../studies/nsw/extracts/lalonde.csv
#
# writes pairs.csv, balance.csv and effects.csv (17 digits). About 20 seconds. MatchIt 4.5.1 finds neighbours on the
# propensity score in one of two routines. The one that it takes by default (nn_matchC_vec) does not always take the
# nearest and does not keep to the caliper, as the check below shows; the other (nn_matchC), which it takes when
# mahvars are given, does. As mahvars are here the score itself where the distance is that of the score, so that the
# nearest is the same. With replacement and ratio > 1 it leaves ties to a partial sort: the rows are sorted by hand here.
# Made with R 4.2.2, MatchIt 4.5.1, sandwich 3.0-2, survey 4.1-1, MASS 7.3-58.2. Tolerances in the test.
suppressMessages({library(MatchIt); library(sandwich); library(survey)})
options(digits = 17, warn = 1)
d <- read.csv(commandArgs(TRUE)[1]); d$race <- factor(d$race)
n <- nrow(d); t <- which(d$treat == 1); c0 <- which(d$treat == 0)
f <- treat ~ age + educ + race + married + nodegree + re74 + re75
g <- glm(f, binomial, d, control = glm.control(epsilon = 1e-15, maxit = 100)); d$ps <- ps <- fitted(g)
d$employed <- as.numeric(d$re78 > 0); d$cluster <- (d$age * 7 + d$educ) %% 40   # made up, to have clusters
rownames(d) <- 1:n

# --- pairs ---------------------------------------------------------------------------------------------------------
default <- matchit(f, d, distance = ps)
nearest_free <- function(mm, i) { ord <- order(ps[t], decreasing = TRUE); before <- mm[ord[seq_len(match(i, ord) - 1)]]
  free <- setdiff(c0, before); min(abs(ps[t[i]] - ps[free])) }
mm <- as.integer(default$match.matrix[, 1])
cat("default routine: pairs that are not the nearest:", sum(sapply(seq_along(t), function(i)
  abs(ps[t[i]] - ps[mm[i]]) > nearest_free(mm, i) + 1e-12)), "of", length(t), "\n")
ways <- list(
  nearest = matchit(f, d, distance = ps, mahvars = ~ps),
  ratio = matchit(f, d, distance = ps, mahvars = ~ps, ratio = 2),
  caliper = matchit(f, d, distance = ps, mahvars = ~ps, caliper = 0.1),
  replacement = matchit(f, d, distance = ps, mahvars = ~ps, replace = TRUE),
  exact = matchit(f, d, distance = ps, mahvars = ~ps, exact = ~ married + nodegree, caliper = 0.2),
  mahalanobis = matchit(f, d, distance = ps, mahvars = ~ age + educ + race + married + nodegree + re74 + re75),
  mahalanobis_caliper = matchit(f, d, distance = ps, mahvars = ~ age + educ + race + married + nodegree + re74 + re75, caliper = 0.2, ratio = 2))
matrices <- lapply(ways, function(m) matrix(as.integer(m$match.matrix), nrow = length(t)))
several <- t(sapply(t, function(i) { o <- c0[order(abs(ps[i] - ps[c0]), c0)]; ifelse(abs(ps[i] - ps[o]) <= 0.2 * sd(ps), o, NA)[1:3] }))
matrices$replacement3 <- several
pairs <- do.call(rbind, lapply(names(matrices), function(w) { m <- matrices[[w]]
  data.frame(way = w, treated = t, t(apply(m, 1, function(x) c(x[!is.na(x)], rep(NA, 3))[1:3]))) }))
names(pairs)[3:5] <- paste0("control", 1:3)
write.csv(pairs, "pairs.csv", row.names = FALSE, quote = FALSE, na = "")
stopifnot(abs(mean(ps[t]) - 0.5774) < 5e-5, abs(mean(ps[matrices$nearest[, 1]]) - 0.3629) < 5e-5)

# --- balance -------------------------------------------------------------------------------------------------------
table_of <- function(way, s) { s <- s[rownames(s) != "ps", ]
  data.frame(way = way, trait = rownames(s), sprintf("%.17g", s[, 1]), sprintf("%.17g", s[, 2]), sprintf("%.17g", s[, 3]), sprintf("%.17g", s[, 4])) }
out <- table_of("before", summary(ways$nearest)$sum.all)
for (w in names(ways)) out <- rbind(out, table_of(w, summary(ways[[w]])$sum.matched))
names(out)[3:6] <- c("scheme", "reference", "difference", "ratio")
write.csv(out, "balance.csv", row.names = FALSE, quote = FALSE)

# --- effects -------------------------------------------------------------------------------------------------------
effects <- NULL
tell <- function(way, what, value, se = NA) effects <<- rbind(effects, data.frame(way, what, value = sprintf("%.17g", value), se = sprintf("%.17g", se)))
adjust <- ~ age + educ + race + married + nodegree + re74 + re75
tight <- glm.control(epsilon = 1e-15, maxit = 100)
# copies: one row a person and set, with MatchIt's weights
copies <- function(m) { s <- which(rowSums(!is.na(m)) > 0)
  one <- do.call(rbind, lapply(s, function(k) { j <- m[k, !is.na(m[k, ])]
    data.frame(row = c(t[k], j), set = k, w = c(1, rep(1 / length(j), length(j)))) }))
  one$w <- ifelse(d$treat[one$row] == 1, 1, one$w * length(unique(one$row[d$treat[one$row] == 0])) / length(s))
  cbind(one, d[one$row, ]) }
# clustered in two ways by hand, to be held against vcovCL: sums of influences
two_way <- function(psi, set, cluster) { one <- function(g) { s <- tapply(psi, g, sum); length(s) / (length(s) - 1) * sum(s^2) }
  one(set) + one(cluster) - one(paste(set, cluster)) }
for (w in names(matrices)) for (y in c("re78", "employed")) for (by in c("cluster", "person")) {
  k <- copies(matrices[[w]]); k$by <- if (by == "cluster") k$cluster else k$row
  m <- lm(reformulate("treat", y), k, weights = w)
  v <- vcovCL(m, cluster = data.frame(k$set, k$by), type = "HC0", cadjust = TRUE)
  r <- k$w / ave(k$w, k$treat, FUN = sum) * residuals(m) * ifelse(k$treat == 1, 1, -1)
  stopifnot(abs(two_way(r, k$set, k$by) / v[2, 2] - 1) < 1e-8)
  tell(w, paste("plain", y, by), coef(m)[2], sqrt(v[2, 2]))
  fam <- if (y == "re78") gaussian() else quasibinomial()
  m0 <- glm(update(adjust, reformulate(".", y)), fam, k[k$treat == 0, ], weights = w, control = tight)
  if (any(is.na(coef(m0)))) { cat(w, y, "aliased\n") }
  X <- model.matrix(update(adjust, ~ .), k); ok <- !is.na(coef(m0)); X <- X[, ok]
  eta <- drop(X %*% coef(m0)[ok]); mu <- fam$linkinv(eta); de <- fam$mu.eta(eta)
  one <- k$treat == 1; nn <- sum(one)
  tau <- mean(k[[y]][one] - mu[one])
  G <- colSums(X[one, ] * de[one]) / nn; A <- crossprod(X[!one, ] * (k$w * de)[!one], X[!one, ])
  psi <- ifelse(one, (k[[y]] - mu - tau) / nn, -drop(X %*% solve(A, G)) * k$w * (k[[y]] - mu))
  tell(w, paste("adjusted", y, by), tau, sqrt(two_way(psi, k$set, k$by)))
}
# the same by regression with all products, which MatchIt's vignette recommends: its estimate, not its error
k <- copies(matrices$nearest); m <- lm(re78 ~ treat * (age + educ + race + married + nodegree + re74 + re75), k, weights = w)
one <- k[k$treat == 1, ]; stopifnot(abs(mean(predict(m, one) - predict(m, transform(one, treat = 0))) -
  as.numeric(effects$value[effects$way == "nearest" & effects$what == "adjusted re78 cluster"])) < 1e-6)

# weighting and doubly robust, with the error of all equations together (M-estimation), clustered: what the bootstrap
# estimates. The score's and the outcome models' estimating equations are stacked with those of the means.
stacked <- function(eq, theta, cluster) {
  U <- eq(theta); p <- length(theta)
  A <- sapply(1:p, function(j) { h <- 1e-5 * max(1, abs(theta[j])); a <- b <- theta; a[j] <- a[j] + h; b[j] <- b[j] - h
    (colSums(eq(a)) - colSums(eq(b))) / (2 * h) })
  S <- rowsum(U, cluster); B <- MASS::ginv(A, tol = 1e-12); B %*% crossprod(S) %*% t(B) }
X <- model.matrix(g); S <- scale(X[, -1]); X <- cbind(1, S); d1 <- d$treat
gs <- glm.fit(X, d1, family = binomial(), control = tight); b <- gs$coefficients
weights_of <- function(kind, e, keep) switch(kind, att = keep * ifelse(d1 == 1, 1, e / (1 - e)), ate = keep * ifelse(d1 == 1, 1 / e, 1 / (1 - e)),
  overlap = ifelse(d1 == 1, 1 - e, e))
for (y in c("re78", "employed")) for (kind in c("att", "ate", "overlap")) for (trim in c(FALSE, TRUE)) {
  if (trim && kind == "overlap") next
  Y <- d[[y]]; keep <- if (trim) as.numeric(ps >= 0.1 & ps <= 0.9) else rep(1, n); name <- paste0(kind, if (trim) "_trim" else "")
  w <- weights_of(kind, ps, keep)
  est <- c(weighted.mean(Y[d1 == 1], w[d1 == 1]), weighted.mean(Y[d1 == 0], w[d1 == 0]))
  s <- svyglm(reformulate("treat", y), svydesign(~1, weights = ~w, data = cbind(d, w)[w > 0, ])); stopifnot(abs(coef(s)[2] - (est[1] - est[2])) < 1e-8 * max(1, abs(est[1])))
  eq <- function(th) { e <- plogis(drop(X %*% th[1:ncol(X)])); w <- weights_of(kind, e, keep); m <- th[ncol(X) + 1:2]
    cbind(X * (d1 - e), w * d1 * (Y - m[1]), w * (1 - d1) * (Y - m[2])) }
  V <- stacked(eq, c(b, est), d$cluster); p <- ncol(X); L <- c(rep(0, p), 1, -1)
  tell(name, paste("weighting", y, "cluster"), est[1] - est[2], sqrt(drop(L %*% V %*% L)))
  if (kind == "overlap") next
  # doubly robust
  fam <- if (y == "re78") gaussian() else binomial()
  out0 <- glm.fit(X[d1 == 0 & keep == 1, ], Y[d1 == 0 & keep == 1], family = fam, control = tight)$coefficients
  if (kind == "ate") out1 <- glm.fit(X[d1 == 1 & keep == 1, ], Y[d1 == 1 & keep == 1], family = fam, control = tight)$coefficients
  m0 <- fam$linkinv(drop(X %*% out0)); if (kind == "att") out1 <- NULL else m1 <- fam$linkinv(drop(X %*% out1))
  if (kind == "att") est <- c(weighted.mean(Y[d1 == 1], w[d1 == 1]), weighted.mean(m0[d1 == 1], keep[d1 == 1]) + weighted.mean((Y - m0)[d1 == 0], w[d1 == 0]))
  else est <- c(weighted.mean(m1, keep) + weighted.mean((Y - m1)[d1 == 1], w[d1 == 1]), weighted.mean(m0, keep) + weighted.mean((Y - m0)[d1 == 0], w[d1 == 0]))
  parts <- if (kind == "att") c(weighted.mean(Y[d1 == 1], keep[d1 == 1]), weighted.mean(m0[d1 == 1], keep[d1 == 1]), weighted.mean((Y - m0)[d1 == 0], w[d1 == 0])) else
    c(weighted.mean(m1, keep), weighted.mean((Y - m1)[d1 == 1], w[d1 == 1]), weighted.mean(m0, keep), weighted.mean((Y - m0)[d1 == 0], w[d1 == 0]))
  eq <- function(th) { e <- plogis(drop(X %*% th[1:p])); w <- weights_of(kind, e, keep)
    m0 <- fam$linkinv(drop(X %*% th[p + 1:p])); base <- cbind(X * (d1 - e), X * (keep * (1 - d1) * (Y - m0)))
    if (kind == "att") { q <- th[-(1:(2 * p))]; return(cbind(base, keep * d1 * (Y - q[1]), keep * d1 * (m0 - q[2]), w * (1 - d1) * (Y - m0 - q[3]))) }
    m1 <- fam$linkinv(drop(X %*% th[2 * p + 1:p])); q <- th[-(1:(3 * p))]
    cbind(base, X * (keep * d1 * (Y - m1)), keep * (m1 - q[1]), w * d1 * (Y - m1 - q[2]), keep * (m0 - q[3]), w * (1 - d1) * (Y - m0 - q[4])) }
  V <- stacked(eq, c(b, out0, out1, parts), d$cluster); L <- if (kind == "att") c(rep(0, 2 * p), 1, -1, -1) else c(rep(0, 3 * p), 1, 1, -1, -1)
  tell(name, paste("aipw", y, "cluster"), est[1] - est[2], sqrt(drop(L %*% V %*% L)))
}
write.csv(effects, "effects.csv", row.names = FALSE, quote = FALSE)
