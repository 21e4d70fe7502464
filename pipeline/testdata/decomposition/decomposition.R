# The decompositions of the shipped study, in base R.
#
# The data set is that of a run (its recoding is held against R in ../individual). In this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript decomposition.R dataset.csv
# It takes a minute and writes decomposition.csv: analysis, method, choice, piece, block, value (17 digits), Monte Carlo error
# of the value (Fairlie's method). The methods are those of ../../../evaluate/decompose/testdata/methods.R, written from the papers
# with lm.fit and glm.fit; models and blocks are those of study.yaml, written here once more. Tolerances in the test.
# Made with R 4.2.2.
source("../../../evaluate/decompose/testdata/methods.R")
all <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character"))
origin <- paste0("origin_", c("other_asia", "sub_saharan_africa", "southeast_asia", "west_asia", "latin_america", "south_asia", "north_africa", "stateless"))
measures <- paste0("measure_", c("norwegian", "social_studies", "language_placement", "vocational_course", "ordinary_work", "placement_sheltered",
  "placement_ordinary", "labour_market_course", "social_network", "health", "children_family", "culture_leisure", "validation",
  "lower_secondary", "upper_secondary"))
blocks <- list(background = c("male", "age", "education", "residence_years", origin), norwegian = "norwegian_level",
  attendance = c("absence_high", "duration_months"), measures = measures, place = c("immigrant_share", "net_migration", "industry_share"))
categories <- c("male", "absence_high", as.list(measures), list(origin))
out <- NULL
for (analysis in c("everyone", "wages_known")) {
  use <- all[all[[if (analysis == "everyone") "in_individual" else "in_project"]] == 1, ]
  b <- blocks
  if (analysis == "wages_known") b$place <- c(b$place, "wage_per_participant")
  d <- list(y = use$outcome, focus = use$scheme == "jobbsjansen", X = as.matrix(use[, unlist(b, use.names = FALSE)]), blocks = b, categories = categories)
  rows <- NULL
  decompose(d, 100)
  gelbach_errors(d, use$municipality)
  if (analysis == "everyone") for (v in c("male", "education", "absence_high", "origin")) rates(d, v, factor(use[[v]]))
  out <- rbind(out, cbind(analysis, rows))
}
write.csv(out, "decomposition.csv", row.names = FALSE, quote = FALSE)
