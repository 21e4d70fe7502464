# How far Firth's intercepts with the model's log odds as offset, which bidrag computes, are from the textbook version,
# in which the coefficients are estimated together with an intercept for every project. In R, on the shipped study.
#
# In this folder, with dataset.csv as in contribution.R: LC_ALL=C.UTF-8 Rscript joint.R dataset.csv
# It takes ten seconds and writes joint.csv; docs/methods.md quotes it. The joint version is fitted by Newton's steps on
# Firth's score with the intercepts eliminated, and held against brglm2 (type AS_mean) on the twelve largest projects.
# Its contributions are those of a project against the mean intercept of its scheme's participants: beside an intercept for every
# project the scheme has no coefficient of its own, so that only differences within a scheme can be compared.
# Made with R 4.2.2, brglm2 0.9.
suppressMessages(library(brglm2))
all <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character", project = "character"))
d <- all[all$in_individual == 1, ]
right <- c("education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high",
           grep("^origin_", names(d), value = TRUE), grep("^measure_", names(d), value = TRUE))
X <- scale(model.matrix(reformulate(right), d)[, -1])
project <- as.integer(factor(d$project)); n <- tabulate(project); y <- d$outcome

joint <- function(y, X, g) {
  a <- rep(qlogis(mean(y)), max(g)); b <- rep(0, ncol(X))
  repeat {
    p <- plogis(a[g] + drop(X %*% b)); w <- p * (1 - p)
    D <- drop(rowsum(w, g)); M <- rowsum(w * X, g) / D
    Z <- X - M[g, ]; S <- solve(crossprod(Z, w * Z))
    h <- w * (1 / D[g] + rowSums((Z %*% S) * Z)) # leverages
    u <- y - p + h * (0.5 - p)
    ua <- drop(rowsum(u, g))
    db <- drop(S %*% (crossprod(X, u) - crossprod(M, ua))); da <- ua / D - drop(M %*% db)
    step <- min(1, 2 / max(abs(c(da, db)))); a <- a + step * da; b <- b + step * db
    if (max(abs(c(da, db))) < 1e-10) return(list(a = a, b = b))
  }
}
large <- project %in% order(-n)[1:12]; g <- as.integer(factor(project[large])); x <- X[large, ]
b <- coef(glm(y[large] ~ 0 + factor(g) + x, family = binomial, method = "brglmFit", type = "AS_mean", control = list(epsilon = 1e-11, maxit = 1000)))
own <- joint(y[large], x, g)
stopifnot(max(abs(c(own$a, own$b) - b)) < 1e-6)

whole <- joint(y, X, project)
eta <- predict(glm(reformulate(c("scheme", right), "outcome"), binomial, d, control = glm.control(1e-14, 100)))
offset <- sapply(seq_along(n), function(j) { e <- eta[project == j]; o <- y[project == j]
  uniroot(function(a) { q <- plogis(e + a); w <- q * (1 - q); sum(o - q) + sum(w * (1 - 2 * q)) / sum(w) / 2 }, c(-15, 15), tol = 1e-11)$root })
scheme <- tapply(d$scheme, project, `[`, 1)
mean_of <- tapply(whole$a * n, scheme, sum) / tapply(n, scheme, sum)
xb <- drop(X %*% whole$b)
together <- sapply(seq_along(n), function(j) mean(plogis(whole$a[j] + xb[project == j])) - mean(plogis(mean_of[[scheme[j]]] + xb[project == j])))
apart <- sapply(seq_along(n), function(j) mean(plogis(eta[project == j] + offset[j])) - mean(plogis(eta[project == j])))
shown <- n >= 5
centre <- function(x) x - ave(x, scheme[shown])
difference <- abs(centre(together[shown]) - centre(apart[shown]))
write.csv(data.frame(
  what = c("projects", "mean_difference", "largest_difference", "correlation", "correlation_log_odds"),
  value = signif(c(sum(shown), mean(difference), max(difference), cor(centre(together[shown]), centre(apart[shown])),
                   cor(centre(whole$a[shown]), centre(offset[shown]))), 6)), "joint.csv", row.names = FALSE, quote = FALSE)
