/** The endpoint that GPU agents call: enrolment, what to run, reports and contents. */
@NullMarked
package io.espalier.web.agent;

import org.jspecify.annotations.NullMarked;
