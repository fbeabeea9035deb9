/** The list of jobs and the page of one job, which follows it while it runs. */
@NullMarked
package io.espalier.web.jobs.ui;

import org.jspecify.annotations.NullMarked;
