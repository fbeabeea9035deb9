package io.espalier.web.shell;

import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.QueryParameters;
import java.util.Map;

/**
 * Finds by a part of a name. What is searched for is in the address, so that it survives a reload
 * and can be sent on.
 */
public final class Search extends TextField {

  private static final String PARAMETER = "name";

  /** {@code path} is the page that searches; {@code label} is for those who do not see the page. */
  public Search(String path, String label) {
    setPlaceholder("Find by name");
    setAriaLabel(label);
    setPrefixComponent(VaadinIcon.SEARCH.create());
    setClearButtonVisible(true);
    setValueChangeMode(ValueChangeMode.LAZY);
    addClassName("search");
    addValueChangeListener(change -> {
      if (!change.isFromClient()) return;
      var part = change.getValue();
      var query =
          part.isBlank()
              ? QueryParameters.empty()
              : QueryParameters.simple(Map.of(PARAMETER, part));
      getUI().ifPresent(ui -> ui.navigate(path, query));
    });
  }

  /** What the address asks for; empty for everything. */
  public String read(BeforeEnterEvent event) {
    var part = event.getLocation().getQueryParameters().getSingleParameter(PARAMETER).orElse("");
    setValue(part);
    return part;
  }
}
