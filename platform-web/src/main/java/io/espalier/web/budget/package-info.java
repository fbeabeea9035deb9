/** What a team may spend, as people see and change it; its dialog is used on the start page too. */
@NullMarked
package io.espalier.web.budget;

import org.jspecify.annotations.NullMarked;
