# Who is incomplete, context, measures by education, crossed measures and distributions of the shipped study, in R alone.
#
# The data set is that of a run (its recoding is held against R in ../individual). In this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript describe.R dataset.csv
# It writes describe.csv (id as in results.json, value, low, high, n; 17 digits): prop.test (Wilson), quantile (type 7),
# cor.test (Fisher), Newcombe from two Wilson intervals. Samples are made here; which rows are complete is
# found by complete.cases. Made with R 4.2.2; tolerance in the test.
options(digits = 17, warn = 2)
d <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character", project = "character"))
out <- list()
say <- function(id, value, low = NA, high = NA, n) out[[length(out) + 1]] <<- data.frame(id, value = sprintf("%.17g", value),
  low = sprintf("%.17g", low), high = sprintf("%.17g", high), n)
wilson <- function(k, n) suppressWarnings(prop.test(k, n, correct = FALSE)$conf.int)
share <- function(id, x) if (length(x)) { ci <- wilson(sum(x), length(x)); say(id, mean(x), ci[1], ci[2], length(x)) }
schemes <- list(jobbsjansen = "jobbsjansen", intro = "intro", all = c("jobbsjansen", "intro"))

measures <- grep("^measure_", names(d), value = TRUE)
needed <- c("outcome", "education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high", "origin", measures)
d$known <- complete.cases(d[, needed])
d$origin[d$origin == ""] <- NA
d$known <- d$known & !is.na(d$origin)
newcombe <- function(id, a, b, n) {   # a less b; n: persons of the one that tells of fewest
  wa <- wilson(sum(a), length(a)); wb <- wilson(sum(b), length(b)); pa <- mean(a); pb <- mean(b)
  say(id, pa - pb, pa - pb - sqrt((pa - wa[1])^2 + (wb[2] - pb)^2), pa - pb + sqrt((wa[2] - pa)^2 + (pb - wb[1])^2), n)
}

for (s in names(schemes)) {
  g <- d[d$scheme %in% schemes[[s]], ]
  # --- table 15 and 16, patterns ---------------------------------------------------------------------
  share(paste0("incomplete.gross.", s), !g$known)
  for (v in c("male", "absence_high", "origin")) for (l in sort(unique(na.omit(d[[v]]))))
    share(paste("incomplete.gross", s, v, l, sep = "."), !g$known[which(g[[v]] == l)])
  for (v in c("age", "residence_years", "duration_months")) {
    a <- na.omit(g[[v]][!g$known]); b <- g[[v]][g$known]
    say(paste("mean.incomplete", s, v, sep = "."), mean(a), n = length(a)); say(paste("sd.incomplete", s, v, sep = "."), sd(a), n = length(a))
    say(paste("median.incomplete", s, v, sep = "."), median(a), n = length(a))
    say(paste("mean.complete", s, v, sep = "."), mean(b), n = length(b)); say(paste("sd.complete", s, v, sep = "."), sd(b), n = length(b))
    say(paste("standardized_difference.incomplete", s, v, sep = "."), (mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2), n = min(length(a), length(b)))
  }
  lacks <- sapply(needed, function(v) is.na(g[[v]]))
  pattern <- apply(lacks, 1, function(x) paste(needed[x], collapse = "+"))
  counts <- table(pattern[pattern != ""])
  for (p in names(counts)) say(paste("missing_pattern", p, "gross", s, sep = "."), counts[[p]], n = counts[[p]])
  say(paste("missing_both.gross", s, "education.norwegian_level", sep = "."), sum(lacks[, "education"] & lacks[, "norwegian_level"]),
      n = sum(lacks[, "education"] & lacks[, "norwegian_level"]))
  newcombe(paste0("incomplete_difference.", s), g$outcome[!g$known], g$outcome[g$known], sum(!g$known))

  # --- measures by education, crossed ------------------------------------------------------------------
  k <- g[g$known, ]
  for (m in measures) for (e in 1:3) {
    x <- k[k$education == e, ]
    with <- x$outcome[x[[m]] == 1]; without <- x$outcome[x[[m]] == 0]
    say(paste("share.complete", s, m, "1.education", e, sep = "."), mean(x[[m]]), n = nrow(x))
    share(paste("attainment.complete", s, m, "1.education", e, sep = "."), with); share(paste("attainment.complete", s, m, "0.education", e, sep = "."), without)
    if (length(with) && length(without)) newcombe(paste("measure_difference.complete", s, m, "education", e, sep = "."), with, without, NA)
  }
  low <- k$measure_lower_secondary; high <- k$measure_upper_secondary
  for (a in 0:1) for (b in 0:1) { n <- sum(low == a & high == b)
    say(paste("persons.complete", s, "measure_lower_secondary", a, "measure_upper_secondary", b, sep = "."), n, n = n) }
  share(paste("overlap.complete", s, "measure_lower_secondary.measure_upper_secondary", sep = "."), (low & high)[low | high])
  # --- distributions: intervals of one year or month
  for (v in c("age", "residence_years", "duration_months")) { f <- table(k[[v]])
    for (l in names(f)) say(paste("distribution.complete", s, v, l, sep = "."), f[[l]] / nrow(k), n = nrow(k)) }
}

# --- tables 3 and 4 ------------------------------------------------------------------------------------
rank <- function(x, at) mean(x < at) + mean(x == at) / 2
context <- function(name, rows, unit, least, variables) {
  size <- table(unit); keep <- unit %in% names(size)[size >= least]
  x <- rows[keep, ]; unit <- unit[keep]
  values <- list()
  for (s in names(schemes)) {
    y <- x[x$scheme %in% schemes[[s]], ]; u <- unit[x$scheme %in% schemes[[s]]]
    say(paste("units", name, s, sep = "."), length(unique(u)), n = nrow(y))
    for (t in 2017:2020) say(paste("units", name, s, t, sep = "."), length(unique(u[y$year == t])), n = sum(y$year == t))
    q <- quantile(as.vector(table(u)), c(.25, .5, .75), names = FALSE)
    for (i in 1:3) say(paste(c("unit_persons_q1", "unit_persons_median", "unit_persons_q3")[i], name, s, sep = "."), q[i], n = nrow(y))
    one <- y[!duplicated(u), ]
    for (v in variables) {
      stopifnot(all(tapply(y[[v]], u, function(z) length(unique(z))) == 1))
      here <- sum(!is.na(y[[v]]))
      q <- quantile(one[[v]], c(.25, .5, .75), names = FALSE, na.rm = TRUE)
      for (i in 1:3) say(paste(c("context_q1", "context_median", "context_q3")[i], name, s, v, sep = "."), q[i], n = here)
      say(paste("context_known", name, s, v, sep = "."), sum(!is.na(one[[v]])), n = here)
      say(paste("context_person_mean", name, s, v, sep = "."), mean(y[[v]], na.rm = TRUE), n = here)
      values[[paste(s, v)]] <- na.omit(one[[v]])
    }
  }
  for (s in c("jobbsjansen", "intro")) for (v in variables) {
    r <- sapply(quantile(values[[paste(s, v)]], c(.25, .5, .75), names = FALSE), function(a) rank(values[[paste("intro", v)]], a))
    say(paste("context_rank", name, s, v, sep = "."), r[2], r[1], r[3], NA)
  }
  invisible(x[!duplicated(unit), ])
}
place <- d[!is.na(d$municipality) & d$municipality != "", ]
by <- paste(place$municipality, place$year)
variables <- c("population", "immigrant_share", "immigrant_share_all", "industry_share", "net_migration", "employment_rate", "disability_rate", "centrality")
one <- context("municipality_years", place, by, 10, variables)
context("more_than_ten", place, by, 11, c())
wages <- d[!is.na(d$wage_per_participant), ]
context("project_years", wages, paste(wages$project, wages$year), 0, c("project_participants", "wages", "wage_per_participant"))
for (p in list(c("immigrant_share", "population"), c("industry_share", "immigrant_share"))) {
  r <- cor.test(one[[p[1]]], one[[p[2]]])
  say(paste("context_correlation.municipality_years", p[1], p[2], sep = "."), r$estimate, r$conf.int[1], r$conf.int[2], NA)
}
write.csv(do.call(rbind, out), "describe.csv", row.names = FALSE, quote = FALSE)
