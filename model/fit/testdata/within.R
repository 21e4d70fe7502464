# Writes within.csv: models with a coefficient for every group (no pooling) by glm with indicator columns, on the rows of groups that
# have a finite one, and without groups (complete pooling). Data: groups.csv, see glmm.R.
# Run in this folder: LC_ALL=C.UTF-8 Rscript within.R. Made with R 4.2.2. Tolerances in within_test.go.
g <- read.csv("groups.csv", stringsAsFactors = TRUE)
tight <- glm.control(epsilon = 1e-300, maxit = 60) # until the deviance no longer changes: errors are those of the last step but one
out <- NULL
case <- function(name, response, terms, group, family, data = g) {
  y <- with(data, eval(str2lang(response)))
  share <- if (is.matrix(y)) y[, 1] / rowSums(y) else y
  low <- ave(share, group, FUN = max) == 0
  high <- identical(family, "binomial") & ave(share, group, FUN = min) == 1
  keep <- if (family %in% c("binomial", "poisson")) !low & !high else TRUE
  put <- function(kind, m, at) {
    s <- summary(m)$coefficients
    v <- function(x) sprintf("%.17g", x)
    term <- rownames(s)
    out <<- rbind(out, data.frame(case = name, kind, quantity = "estimate", term, value = v(s[, 1])),
      data.frame(case = name, kind, quantity = "std_error", term, value = v(s[, 2])),
      data.frame(case = name, kind, quantity = c("log_lik", "n"), term = "", value = v(c(logLik(m), nobs(m)))))
  }
  data$.group <- group
  if (family == "Gamma") family <- Gamma(link = "log")
  put("none", suppressWarnings(glm(as.formula(paste(response, "~ 0 + .group +", terms)), family, droplevels(data[keep, ]), control = tight)))
  put("complete", suppressWarnings(glm(as.formula(paste(response, "~", terms)), family, data, control = tight)))
}
case("binary", "one", "x + z + sex", g$b, "binomial")
case("nested", "nested", "x * sex + f", g$b, "binomial")
case("trials", "cbind(successes, failures)", "x + age", g$a, "binomial")
case("count", "count", "x + f + offset(log(exposure))", g$b, "poisson")
case("normal", "score", "x + sex + age", g$c, "gaussian")
case("gamma", "amount", "x + sex", g$a, Gamma(link = "log")$family)
write.csv(out, "within.csv", row.names = FALSE, quote = FALSE)
