# The report's individual model from the shipped extracts, in R alone: an independent recoding and glm().
# Run in this folder: LC_ALL=C.UTF-8 Rscript individual.R. It writes individual.csv (term, estimate, std_error; 17 digits)
# whole.csv (log-likelihood, null and residual deviance, n), difference.csv, contribution.csv and by_level.csv. Made with R 4.2.2; tolerance in the test.
extracts <- "../../../studies/jobbsjansen-intro/extracts/"
options(digits = 17)

# --- introduction programme ------------------------------------------------------------------------
d <- read.csv2(gzfile(paste0(extracts, "nir/deltakere.csv.gz"), encoding = "CP1252"), colClasses = "character",
               check.names = FALSE, na.strings = "")
day <- function(x) as.Date(x, "%d.%m.%Y")
num <- function(x) as.numeric(sub(",", ".", x))
left <- day(d$AvsluttetDato)
d$year <- as.integer(format(left, "%Y"))
attained <- c("Arbeid", "Arbeidssøker på andre tiltak i regi av NAV", "Ordinær utdanning - høyere utdanning",
              "Ordinær utdanning - videregående skole")
no_result <- c("Død", "Flyttet", "Hjemmeværende med omsorg for barn 0-1 år", "Hjemmeværende med omsorg for barn 1-3 år",
               "Ikke registrert sluttårsak", "Ukjent")
reason <- d[["Avslutningsårsak"]]
d$outcome <- ifelse(reason %in% attained, 1, ifelse(is.na(reason) | reason %in% no_result, NA, 0))
keep <- !is.na(left) & d$year %in% 2017:2020 & !is.na(d$outcome)
d <- d[keep, ]; left <- left[keep]
stopifnot(nrow(d) == 28214)
level <- c("Under A1" = 1, A1 = 2, A2 = 3, B1 = 4, B2 = 5)
tests <- sapply(c("LES", "LYTT", "MUNTLIG", "SKRIV"), function(k) level[d[[paste0("PROVE_NORSK_", k, "_Resultat")]]])
track <- ifelse(is.na(d$SporSiste), d$SporForste, d$SporSiste)
start <- as.POSIXlt(day(d[["GjenførfristBeregnetFra"]])); end <- as.POSIXlt(left)
hours <- num(d$AntallTimerDeltattNorsk) + num(d$AntallTimerDeltattSamf) + num(d$AntallTimerDeltattNKNV)
absence <- (num(d$AntallTimerFravaerIntro) + 7.5 * num(d$AntallDagerFravaerIntro)) / hours
region <- c(Afghanistan = "south_asia", Algerie = "north_africa", Bangladesh = "south_asia", Brasil = "latin_america",
  Burundi = "sub_saharan_africa", Canada = "reference", Colombia = "latin_america", Egypt = "north_africa",
  Eritrea = "sub_saharan_africa", Etiopia = "sub_saharan_africa", Filippinene = "southeast_asia", India = "south_asia",
  Irak = "west_asia", Iran = "south_asia", Jemen = "west_asia", Kasakhstan = "other_asia", Kina = "other_asia",
  Kongo = "sub_saharan_africa", Kosovo = "reference", Libanon = "west_asia", Libya = "north_africa", Marokko = "north_africa",
  Mongolia = "other_asia", Myanmar = "southeast_asia", Nigeria = "sub_saharan_africa", Pakistan = "south_asia",
  Polen = "reference", Russland = "reference", Serbia = "reference", Somalia = "sub_saharan_africa",
  "Sri Lanka" = "south_asia", "Statsløs" = "stateless", Sudan = "north_africa", Syria = "west_asia",
  Thailand = "southeast_asia", Tyrkia = "west_asia", Uganda = "sub_saharan_africa", Ukraina = "reference", USA = "reference",
  Usbekistan = "other_asia", Venezuela = "latin_america", Vietnam = "southeast_asia")
intro <- data.frame(outcome = d$outcome, scheme = 0, education = as.integer(sub("Spor ", "", track)),
  male = as.integer(d[["Kjønn"]] == "M"), age = d$year - as.integer(d$Fodselsaar),
  residence_years = d$year - as.integer(format(day(d$DatoForForsteVedtakIntro), "%Y")),
  norwegian_level = rowMeans(tests, na.rm = TRUE),
  duration_months = (end$year - start$year) * 12 + end$mon - start$mon - (end$mday < start$mday),
  absence_high = as.integer(absence >= 0.1), origin = region[d$StatsborgerskapForste],
  project = paste0("intro-", d$Avsl_Kommunenummer))
m <- read.csv2(gzfile(paste0(extracts, "nir/tiltak.csv.gz")), colClasses = "character", fileEncoding = "UTF-8-BOM")
names(m)[1] <- "Deltakernr"
measure <- list(
  norwegian = c("Norskopplæring", "Norskopplæring høyere nivå", "Norsk i grunnskoleopplæring for voksne"),
  social_studies = "Samfunnskunnskap", language_placement = "Språkpraksis",
  vocational_course = "Yrkesrettet kurs i regi av andre", ordinary_work = "Ordinært arbeid som del av programmet",
  placement_sheltered = c("Tiltak i Arbeidsmarkedsbedrift i kommunal regi", "Tiltak i Arbeidsmarkedsbedrift i NAVs regi"),
  placement_ordinary = c("Hospitering på arbeidsplass i kommunal regi", "Hospitering på arbeidsplass i regi av andre", "Arbeidspraksis i NAVs regi"),
  labour_market_course = "Arbeidsmarkedsopplæring (AMO-kurs)", social_network = "Tiltak som fremmer sosialt nettverk",
  health = "Helsefremmende tiltak/ fysisk fostring", children_family = "Tiltak knyttet til barn og familie",
  culture_leisure = "Frivillig virksomhet/ord. kultur- og fritidstilbud",
  validation = c("Realkompetansevurdering, herunder yrkesprøving", "Godkjenning /Vurdering av formal kompetanse"),
  lower_secondary = "Fag i grunnskole for voksne", upper_secondary = "Fag i videregående skole")
for (k in names(measure)) intro[[paste0("measure_", k)]] <- as.integer(d$Deltakernr %in% m$Deltakernr[m$Tiltak %in% measure[[k]]])

# --- Jobbsjansen -----------------------------------------------------------------------------------
j <- do.call(rbind, lapply(2017:2020, function(y) {
  x <- read.csv2(gzfile(sprintf("%sjobbsjansen/individ_%d.csv.gz", extracts, y)), fileEncoding = "UTF-8-BOM",
                 colClasses = "character", check.names = FALSE, na.strings = "")
  x[x$Avsluttet == "1", ]
}))
stopifnot(nrow(j) == 1560)
any1 <- function(...) as.integer(rowSums(j[, c(...), drop = FALSE] == "1") > 0)
columns <- c(other_asia = "Asia_for_øvrig", sub_saharan_africa = "Afrika_sør_for_Sahara", southeast_asia = "Sørøst_Asia",
  west_asia = "Vest_Asia", latin_america = "Latin_Amerika_og_Karibia", south_asia = "Sør_Asia", north_africa = "Nord_Afrika",
  stateless = "Statsløs", reference = "Europa", reference = "Nord_Amerika")
origin <- rep(NA_character_, nrow(j))
for (k in seq_along(columns)) origin[j[[columns[k]]] == "1"] <- names(columns)[k]
schooling <- c("1" = 1, "2" = 1, "3" = 2, "4" = 2, "5" = 2, "6" = 3, "7" = 3, "8" = 3)
js <- data.frame(outcome = as.integer(j[["Måloppnåelse_dik"]]), scheme = 1, education = schooling[j$v2_9],
  male = as.integer(j$v2_1), age = as.integer(j$Alder_rapporteringstidspunkt), residence_years = as.integer(j$Botid),
  norwegian_level = as.integer(j$Norsknivaa_samlet_avslutning_karakter), duration_months = as.integer(j$Varighet),
  absence_high = as.integer(j$v5_1 != "1"), origin = origin, project = paste0("jobbsjansen-", substr(j$v1_1, 1, 4)),
  measure_norwegian = any1("v3_1_7", "v3_1_2", "v3_1_1", "v3_3_9", "v3_1_6", "v3_1_10"), measure_social_studies = any1("v3_5_1"),
  measure_language_placement = any1("v3_1_3", "v3_1_4"), measure_vocational_course = any1("v3_2_6", "v3_2_11"),
  measure_ordinary_work = any1("v3_2_10"), measure_placement_sheltered = any1("v3_2_4"),
  measure_placement_ordinary = any1("v3_2_3"), measure_labour_market_course = any1("v3_2_1"),
  measure_social_network = any1("v3_5_4"), measure_health = any1(paste0("v3_4_", 1:6)),
  measure_children_family = any1("v3_5_5", "v3_5_6"), measure_culture_leisure = any1("v3_5_8"), measure_validation = any1("v3_3_1"),
  measure_lower_secondary = any1("v3_3_2"), measure_upper_secondary = any1("v3_3_8", "v3_3_3", "v3_3_4"))

# --- the model -------------------------------------------------------------------------------------
all <- rbind(js, intro)
all <- all[complete.cases(all), ]
stopifnot(nrow(all) == 19316)
for (k in setdiff(unique(all$origin), "reference")) all[[paste0("origin_", k)]] <- as.integer(all$origin == k)
f <- outcome ~ scheme + education + male + age + residence_years + norwegian_level + duration_months + absence_high +
  origin_other_asia + origin_sub_saharan_africa + origin_southeast_asia + origin_west_asia + origin_latin_america +
  origin_south_asia + origin_north_africa + origin_stateless + measure_norwegian + measure_social_studies +
  measure_language_placement + measure_vocational_course + measure_ordinary_work + measure_placement_sheltered +
  measure_placement_ordinary + measure_labour_market_course + measure_social_network + measure_health +
  measure_children_family + measure_culture_leisure + measure_validation + measure_lower_secondary + measure_upper_secondary
g <- glm(f, binomial, all, control = glm.control(epsilon = 1e-14, maxit = 100))
s <- summary(g)$coefficients
term <- sub("^scheme$", "schemejobbsjansen", rownames(s))
write.csv(data.frame(term, estimate = sprintf("%.17g", s[, 1]), std_error = sprintf("%.17g", s[, 2])), "individual.csv",
          row.names = FALSE, quote = FALSE)
write.csv(data.frame(quantity = c("log_lik", "deviance", "null_deviance", "n"),
  value = sprintf("%.17g", c(logLik(g), deviance(g), g$null.deviance, nobs(g)))), "whole.csv", row.names = FALSE, quote = FALSE)

# The average difference between the schemes among like persons: everyone in Jobbsjansen less everyone in the
# introduction programme, by predict(); its standard error by the delta method with numerical derivatives.
average <- function(beta) {
  h <- g; h$coefficients[] <- beta
  mean(predict(h, transform(all, scheme = 1), type = "response")) - mean(predict(h, transform(all, scheme = 0), type = "response"))
}
b <- coef(g)
gradient <- sapply(seq_along(b), function(k) { e <- replace(numeric(length(b)), k, 1e-5); (average(b + e) - average(b - e)) / 2e-5 })
write.csv(data.frame(quantity = c("difference", "std_error"), value = sprintf("%.17g", c(average(b), sqrt(drop(gradient %*% vcov(g) %*% gradient))))),
          "difference.csv", row.names = FALSE, quote = FALSE)

# Contributions: actual less expected per project with at least 5 persons, with the scheme in the model and without.
contribution <- function(model) {
  a <- aggregate(cbind(outcome, expected = fitted(model)) ~ project, transform(all, expected = fitted(model)), mean)
  n <- table(all$project)[a$project]
  transform(a, n = as.integer(n), contribution = outcome - expected)[n >= 5, ]
}
with_scheme <- contribution(g)
without <- contribution(update(g, . ~ . - scheme))
stopifnot(identical(with_scheme$project, without$project), nrow(with_scheme) == 411)
write.csv(data.frame(project = with_scheme$project, n = with_scheme$n, with_scheme = sprintf("%.17g", with_scheme$contribution),
                     without_scheme = sprintf("%.17g", without$contribution)), "contribution.csv", row.names = FALSE, quote = FALSE)

# Figures 22 and 23: the same by scheme and level of education, and of Norwegian rounded to the nearest level, halves up.
by_level <- function(variable, level) {
  a <- aggregate(cbind(actual = outcome, expected = fitted(g)) ~ scheme + level, transform(all, level = level), mean)
  n <- aggregate(outcome ~ scheme + level, transform(all, level = level), length)
  data.frame(scheme = ifelse(a$scheme == 1, "jobbsjansen", "intro"), variable, level = a$level, n = n$outcome,
             actual = sprintf("%.17g", a$actual), expected = sprintf("%.17g", a$expected))
}
write.csv(rbind(by_level("education", all$education), by_level("norwegian_level", floor(all$norwegian_level + 0.5))), "by_level.csv",
          row.names = FALSE, quote = FALSE)
