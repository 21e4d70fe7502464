# The decompositions of the difference in home computers between black and white persons, in base R.
#   LC_ALL=C.UTF-8 Rscript homecomp.R          (in this folder; some seconds; writes homecomp_golden.csv)
# homecomp.csv: white and black persons of homecomp.dta, which comes with the Stata command fairlie (Jann 2006), an excerpt
# of the Computer and Internet Use Supplement to the August 2000 Current Population Survey (U.S. Census Bureau, public
# domain; the collection github.com/benjann/fairlie is under the MIT licence). The blocks are those of the first example of that
# command's help, which gives no output. Fairlie's own published tables (2005) rest on the whole survey with other
# variables, which is not in the collection, so what stands here is held against this program only.
# Made with R 4.2.2.
source("methods.R")
h <- read.csv("homecomp.csv")
d <- list(y = h$homecomp, focus = h$black == 1, X = as.matrix(h[, c("female", "age", "hsgrad", "somecol", "college", "married", "prevmar")]),
  blocks = list(female = "female", age = "age", educ = c("hsgrad", "somecol", "college"), marstat = c("married", "prevmar")),
  categories = list("female", c("hsgrad", "somecol", "college"), c("married", "prevmar")))
decompose(d, 2000)
gelbach_errors(d, h$age)
rates(d, "educ", factor(1 + h$hsgrad + 2 * h$somecol + 3 * h$college))
# Another omitted level changes no part, normalized.
other <- d
other$X <- cbind(d$X[, c("female", "age", "hsgrad", "college", "married", "prevmar")], school = 1 - rowSums(d$X[, c("hsgrad", "somecol", "college")]))
other$blocks$educ <- c("hsgrad", "college", "school"); other$categories[[2]] <- other$blocks$educ
kept <- rows; rows <- NULL; decompose(other, 1)
same <- function(r) as.numeric(r$value[r$method %in% c("gelbach", "oaxaca", "threefold", "logit")])
stopifnot(all.equal(same(kept), same(rows), tolerance = 1e-9))
write.csv(kept, "homecomp_golden.csv", row.names = FALSE, quote = FALSE)
