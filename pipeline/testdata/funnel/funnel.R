# Funnels, over-dispersion and correlations between years of the shipped study's projects and municipalities, in R.
#
# The data set is that of a run (its recoding is held against R in ../individual). In this folder:
#   go test ../.. -run TestDatasetAsCSV -dataset "$PWD/dataset.csv" && LC_ALL=C.UTF-8 Rscript funnel.R dataset.csv
# It takes a few seconds and writes funnel.csv (variant, kind, scheme, quantity, level, unit, value, low, high; 15 digits).
#
# Winsorizing, phi and tau2 are by the formulas of the R package FunnelPlotR (winsorisation, phi_func, tau_func), written here
# from their definitions, with z and S on the contribution's own scale, for which the package has no data type. The denominator
# of tau2 is held against metafor's estimate of DerSimonian and Laird. Split halves are of 500 random
# splits, drawn otherwise than bidrag draws its own. Made with R 4.2.2, metafor 3.8-1. Tolerances in the test.
suppressMessages(library(metafor))
options(digits = 17, warn = 2)
all <- read.csv(commandArgs(TRUE)[1], colClasses = c(municipality = "character", project = "character"))
d <- all[all$in_individual == 1, ]
d$scheme <- factor(d$scheme, c("intro", "jobbsjansen"))
right <- c("education", "male", "age", "residence_years", "norwegian_level", "duration_months", "absence_high",
           grep("^origin_", names(d), value = TRUE), grep("^measure_", names(d), value = TRUE))
exact <- glm.control(1e-14, 100)
models <- list(with_scheme = glm(reformulate(c("scheme", right), "outcome"), binomial, d, control = exact),
               without_scheme = glm(reformulate(right, "outcome"), binomial, d, control = exact))

winsorize <- function(z, by = 0.1) { ends <- quantile(z, c(by, 1 - by)); pmin(pmax(z, ends[1]), ends[2]) }
tau2 <- function(n, phi, S) if (n * phi < n - 1) 0 else max(0, (n * phi - (n - 1)) / (sum(1 / S^2) - sum(1 / S^4) / sum(1 / S^2)))

rows <- NULL
for (variant in names(models)) {
  d$p <- fitted(models[[variant]])
  for (kind in c("project", "municipality")) {
    unit <- d[[kind]]
    out <- function(scheme, quantity, level = "", unit = "", value, low = NA, high = NA)
      rows <<- rbind(rows, data.frame(variant, kind, scheme, quantity, level, unit, value, low, high))
    sums <- function(d, unit) {
      s <- data.frame(n = tapply(d$outcome, unit, length), c = tapply(d$outcome - d$p, unit, mean), v = tapply(d$p * (1 - d$p), unit, sum), e = tapply(d$p, unit, sum))
      s$scheme <- if (kind == "project") sub("-.*", "", rownames(s)) else "all"
      s[s$n >= 5, ]
    }
    u <- sums(d, unit)
    for (scheme in unique(c("all", u$scheme))) {
      g <- if (scheme == "all") u else u[u$scheme == scheme, ]
      S <- sqrt(g$v) / g$n; z <- g$c / S; w <- winsorize(z)
      phi <- mean(w^2); t2 <- tau2(nrow(g), phi, S)
      q <- sum((g$c - sum(g$c / S^2) / sum(1 / S^2))^2 / S^2)
      dl <- rma(yi = g$c, sei = S, method = "DL")$tau2
      stopifnot(abs(tau2(nrow(g), q / nrow(g), S) - dl) < 1e-12)
      mean_p <- sum(g$e) / sum(g$n); spread <- mean_p * (1 - mean_p)
      out(scheme, "funnel_phi", value = phi)
      out(scheme, "funnel_phi_all", value = mean(z^2))
      out(scheme, "funnel_tau2", value = t2)
      out(scheme, "funnel_sd", value = sqrt(spread))
      out(scheme, "funnel_winsorized", value = sum(w != z))
      if (scheme == "all") {
        for (x in c(5, 10, 20, 30, 50, 100)) for (q in c(0.975, 0.999)) for (t in c(0, t2)) {
          level <- paste0(x, ".", if (q == 0.975) "95" else "998", if (t > 0) "_adjusted" else "")
          out(scheme, "funnel_limit", level, value = qnorm(q) * sqrt(spread / x + t))
        }
        scheme_of <- g$scheme
        for (j in seq_len(nrow(g))) {
          out(g$scheme[j], "funnel", "z", rownames(g)[j], z[j])
          out(g$scheme[j], "funnel", "z_adjusted", rownames(g)[j], g$c[j] / sqrt(S[j]^2 + t2))
        }
      }
    }
    by_year <- lapply(split(seq_len(nrow(d)), d$year), function(i) sums(d[i, ], unit[i]))
    for (scheme in unique(c("all", u$scheme))) for (a in names(by_year)) for (b in names(by_year)) if (a < b) {
      both <- intersect(rownames(by_year[[a]]), rownames(by_year[[b]]))
      if (scheme != "all") both <- both[sub("-.*", "", both) == scheme]
      r <- cor.test(by_year[[a]][both, "c"], by_year[[b]][both, "c"])
      out(scheme, "stability_correlation", paste0(a, ".", b), value = r$estimate, low = r$conf.int[1], high = r$conf.int[2])
      out(scheme, "stability_units", paste0(a, ".", b), value = length(both))
    }
  }
}

# Split halves of projects with the scheme in the model.
set.seed(20261123)
d$p <- fitted(models$with_scheme); e <- d$outcome - d$p
members <- split(seq_len(nrow(d)), d$project); members <- members[lengths(members) >= 5]
r <- replicate(500, {
  halves <- sapply(members, function(i) { i <- i[sample.int(length(i))]; k <- length(i) %/% 2; c(mean(e[i[1:k]]), mean(e[i[-(1:k)]])) })
  sapply(list(all = TRUE, intro = grepl("^intro", names(members)), jobbsjansen = grepl("^jobb", names(members))), function(g) cor(halves[1, g], halves[2, g]))
})
for (s in rownames(r)) rows <- rbind(rows, data.frame(variant = "with_scheme", kind = "project", scheme = s, quantity = "split_half", level = "", unit = "",
  value = 2 * mean(r[s, ]) / (1 + mean(r[s, ])), low = NA, high = NA))
for (k in c("value", "low", "high")) rows[[k]] <- sprintf("%.15g", rows[[k]])
write.csv(rows, "funnel.csv", row.names = FALSE, quote = FALSE)
