// Package sensitivity asks how strong something that nobody has observed would
// have to be to explain a difference that is left when everything observed has
// been taken into account.
//
// Its stance: that there is something is taken for granted. Participants were not
// drawn by lot, and what made them enter one programme and not another may matter
// to how they fare. No computation tells whether it does; what can be computed is
// what it would take. Three measures are asked, each of its own kind of estimate:
//
//  1. [EValue], of a ratio: how strongly something must go with both the scheme
//     and the outcome, as ratios of risks;
//  2. [Binary] and [SignedRank], of matched sets: by how many times the odds of
//     being in the scheme must differ between persons who look alike (Rosenbaum);
//  3. [Omitted], of a linear model: how much of what is left of the scheme and of
//     the outcome it must account for, and how many times as strong as a variable
//     that is observed that is (Cinelli and Hazlett).
//
// All are of the worst case: something that strong could explain the difference,
// and need not.
package sensitivity
