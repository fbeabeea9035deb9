/**
 * The ledger of GPU time and money, in double entry. Every hold of a lease is posted to the team's
 * account and to the account of the job's cap; the database refuses what is not funded. Also what
 * people do with budgets: credits, transfers, overdrafts, periods, and the rates of pools.
 */
@NullMarked
package io.espalier.orchestrator.budget;

import org.jspecify.annotations.NullMarked;
