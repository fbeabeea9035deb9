/** The budget page: what is left, where it goes, and every entry of the ledger. */
@NullMarked
package io.espalier.web.budget.ui;

import org.jspecify.annotations.NullMarked;
