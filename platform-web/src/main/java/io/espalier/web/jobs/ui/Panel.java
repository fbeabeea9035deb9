package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import io.espalier.orchestrator.job.JobView;

/** A part of the job's page. It is shown again after every change, and redraws what differs. */
abstract class Panel extends Section {

  Panel(String title) {
    addClassName("card");
    getElement().setAttribute("aria-label", title);
    add(new H2(title));
  }

  abstract void show(JobView job);
}
