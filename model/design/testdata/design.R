# Writes data.csv and design.json: R's model matrices of formulas over small
# data, as column names and values. Factors have their levels in byte order and
# those without a row are dropped, as glm() does. Run here: Rscript design.R
library(jsonlite)
invisible(Sys.setlocale("LC_COLLATE", "C"))
RNGversion("4.2.0"); set.seed(7)
n <- 24
d <- data.frame(y = rbinom(n, 1, 0.5), x = round(rnorm(n, 3), 3), z = round(runif(n, 1, 9), 2), k = sample(c(2, 5, 10), n, TRUE),
                f = rep(c("a", "b", "c"), 8), g = rep(c("u", "v"), each = 12), h = sample(c("p", "q", "r"), n, TRUE), l = sample(c("true", "false"), n, TRUE))
names(d)[8] <- "l"
d$x[5] <- NA; d$f[7] <- NA; d$h[5] <- "only where x is missing"
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE, na = "")
d <- read.csv("data.csv", stringsAsFactors = TRUE, na.strings = ""); d$l <- d$l == "true"
formulas <- c("y ~ x", "y ~ 0 + x", "y ~ f", "y ~ 0 + f", "y ~ f + g", "y ~ 0 + f + g", "y ~ f*g", "y ~ f:g", "y ~ 0 + f:g", "y ~ f*g - g", "y ~ f*g - f", "y ~ f*g - f - g",
  "y ~ g:f + f", "y ~ f/g", "y ~ f/z", "y ~ f:z", "y ~ 0 + f:z", "y ~ z + z:f", "y ~ 0 + z + f", "y ~ 0 + z:f + g", "y ~ f*z - z", "y ~ f:z:g", "y ~ f*g*h", "y ~ (f + g + h)^2 - f:h",
  "y ~ l", "y ~ 0 + l", "y ~ l*z", "y ~ l:z", "y ~ f:l", "y ~ 0 + l:f", "y ~ I(l)", "y ~ factor(l)", "y ~ factor(k)", "y ~ factor(k)*z", "y ~ factor(f)", "y ~ h + x",
  "y ~ I(z^2) + log(z) + sqrt(z) + exp(-z) + abs(z - 5) + log1p(z) + log2(z) + log10(z)", "y ~ I(z/k - 2*x)", "y ~ poly(z, 3)", "y ~ poly(z, 1)", "y ~ poly(z, 2):f", "y ~ poly(z, 2)*g", "y ~ 0 + poly(z, 2):f",
  "y ~ scale(z) + scale(log(z))", "y ~ I(scale(z)^2)", "y ~ 1", "y ~ z %in% f + g", "y ~ f %in% g + x", "log(z) ~ x*f")
one <- function(text) {
  f <- as.formula(text)
  m <- model.frame(f, d, drop.unused.levels = TRUE)
  x <- model.matrix(f, m)
  list(formula = text, names = I(colnames(x)), rows = as.integer(rownames(m)) - 1L, x = unname(as.vector(x)), y = unname(as.numeric(model.response(m))))
}
out <- list(r = R.version.string, cases = lapply(formulas, one))
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, na = "null"), "design.json")
