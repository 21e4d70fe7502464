# Writes terms.json: R's expansion of formulas, and lme4's of random terms.
# Run in this folder: Rscript terms.R
suppressMessages(library(lme4))
fixed <- c(
  "y ~ a", "y ~ 1", "y ~ 0", "y ~ -1 + x", "y ~ a + b", "y ~ a + b + a", "y ~ a*b", "y ~ a:b", "y ~ b:a + a",
  "y ~ a*b*c - a", "y ~ (a + b + c)^2 - a:b", "y ~ (a + b + c + d)^3", "y ~ (a*b*c)^2", "y ~ a^2", "y ~ a:a",
  "y ~ a + b %in% a", "y ~ b %in% a", "y ~ (a + b) %in% c", "y ~ a:b %in% c", "y ~ a %in% b*c", "y ~ a*b %in% c",
  "y ~ a/b", "y ~ a/b/c", "y ~ a/(b + c)", "y ~ (a + b)/c", "y ~ a*b - 1 + c + 1", "y ~ a - 1", "y ~ 0 + a:b",
  "y ~ a - 0", "y ~ (1 + a + b)^2", "y ~ (a - 1)*b", "y ~ b - a:b + a*b", "y ~ a:b:c + c:b", "y ~ a + (b + c)",
  "y ~ (a + b):(c + d)", "y ~ a*1", "y ~ x - x", "y ~ a*b - (a + b)", "y ~ (a + b)*(c + d) - b:c",
  "y ~ a + offset(z) + a:b", "y ~ a*b + offset(log(z))", "y ~ `my var`*b", "y ~ `a b`:`c d` + `a b`",
  "y ~ I(x^2 )+log( x+1)+ poly(x,2)*b", "y ~ I(x*2/3-1e6)", "y ~ I(-x) + I((x+1)^2)", "y ~ I(100000*x) + I(123456*x)",
  "y ~ I(0.00001*x) + I(0.0001*x) + I(0.1*x) + I(1e15*x)", "y ~ I(1e-300*x) + I(0.30000000000000004*x) + I(3.14159265358979*x)",
  "y ~ I(x/2*3) + I(x^-1) + I(-x^2) + I(2^(1/2)*x) + I(x-(z-1))", "log(y) ~ scale(x)*factor(g)", "cbind(s, n - s) ~ a",
  "m\u00e5loppn\u00e5else ~ kj\u00f8nn*\u00e5r", "y ~ .x + x_1 + x.y", "y ~ sqrt(abs(x)) + exp(-x) + log1p(x) + log2(x) + log10(x)",
  "~ a + b", "y ~ -1 + 0 + 1 + x", "y ~ -(a + b) + a:b", "y ~ + a + b", "y ~ a*b*c*d - a:b:c:d", "y ~ (a + b + c)^2*d", "y ~ a/b - a")
random <- c("y ~ x + (1 | g)", "y ~ (x | g)", "y ~ (0 + x | g) + (1 | g)", "y ~ (x || g)", "y ~ (1 | a/b)", "y ~ (1 | a/b/c)",
  "y ~ (1 | a:b)", "y ~ (1 | a:b:c)", "y ~ (x*z || g)", "y ~ (x | a/b) + (1 | h)", "y ~ (1 | a/(b:c))", "y ~ (1 + x | g)", "y ~ (x - 1 | g)")
one <- function(text) {
  t <- terms(as.formula(text))
  list(formula = text, labels = as.list(attr(t, "term.labels")), intercept = attr(t, "intercept") == 1)
}
bars <- function(text) {
  list(formula = text, random = lapply(findbars(as.formula(text)), function(b) {
    t <- terms(as.formula(call("~", b[[2]])))
    list(labels = as.list(attr(t, "term.labels")), intercept = attr(t, "intercept") == 1, group = deparse(b[[3]]))
  }))
}
out <- list(r = R.version.string, lme4 = as.character(packageVersion("lme4")),
            fixed = lapply(fixed, one), random = lapply(random, bars))
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, pretty = TRUE), "terms.json")
