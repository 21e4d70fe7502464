# Multiple imputation of the shipped study's data by R's mice, and the individual
# model pooled by Rubin's rules: what TestImputationAgainstMice is held against.
#
#   go test ./pipeline -run TestDatasetAsCSV -dataset dataset.csv
#   Rscript imputation.R dataset.csv [m]      (a quarter of a minute or more for each)
#
# Persons whose origin is known; no cluster. Education, Norwegian level, duration
# and years in Norway by predictive mean matching, absence by logistic regression;
# predictors: outcome, scheme and the study's, and each other.
suppressPackageStartupMessages(library(mice)) # mice 3.15.0, R 4.2.2
file <- commandArgs(TRUE)
m <- if (length(file) > 1) as.integer(file[2]) else 50L

d <- read.csv(file[1], na.strings = "")
d <- d[!is.na(d$origin), ]
d$scheme <- factor(d$scheme, levels = c("intro", "jobbsjansen"))
d$absence_high <- factor(d$absence_high)
filled <- c("education", "norwegian_level", "absence_high", "duration_months", "residence_years")
measures <- grep("^measure_", names(d), value = TRUE)
predictors <- c("outcome", "scheme", "year", "male", "age", measures, "immigrant_share", "net_migration", "industry_share")
origins <- c("other_asia", "sub_saharan_africa", "southeast_asia", "west_asia", "latin_america", "south_asia", "north_africa", "stateless")
origins <- paste0("origin_", origins)
x <- d[, c(filled, predictors, "origin")]
x$origin <- factor(x$origin)
method <- setNames(rep("", ncol(x)), names(x))
method[filled] <- c("pmm", "pmm", "logreg", "pmm", "pmm")
formula <- reformulate(c("scheme", "education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high", origins, measures), "outcome")

# Ten at a time, as chains do not know of each other and fits take room.
one <- function(imp, k) {
  whole <- complete(imp, k)
  whole$absence_high <- as.numeric(as.character(whole$absence_high))
  fit <- glm(formula, data = cbind(whole, d[, origins]), family = binomial)
  list(q = coef(fit), u = diag(vcov(fit)), means = sapply(filled[1:2], function(v) mean(whole[is.na(x[[v]]), v])))
}
sets <- if (file.exists("sets.rds")) readRDS("sets.rds") else list() # goes on where it was stopped
while (length(sets) < m) {
  imp <- mice(x, m = min(10, m - length(sets)), maxit = 5, method = method, seed = 20221 + length(sets), printFlag = FALSE)
  sets <- c(sets, lapply(seq_len(imp$m), function(k) one(imp, k)))
  rm(imp); gc()
  cat(length(sets), "sets\n")
  saveRDS(sets, "sets.rds")
}
q <- sapply(sets, function(s) s$q); u <- sapply(sets, function(s) s$u); means <- sapply(sets, function(s) s$means)
p <- lapply(seq_len(nrow(q)), function(j) pool.scalar(q[j, ], u[j, ], n = Inf))
get <- function(name) sapply(p, function(s) s[[name]])
out <- data.frame(term = rownames(q), estimate = get("qbar"), std_error = sqrt(get("t")), df = get("df"), fmi = get("fmi"), between = get("b"))
out <- rbind(out, data.frame(term = paste0("mean_filled_", rownames(means)), estimate = rowMeans(means), std_error = NA, df = NA, fmi = NA, between = apply(means, 1, var)))
write.csv(out, "imputation.csv", row.names = FALSE, quote = FALSE)
writeLines(c("software,version", paste0("R,", getRversion()), paste0("mice,", packageVersion("mice")), paste0("imputations,", m)), "versions.csv")
