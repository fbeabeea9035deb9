package io.espalier.web.shell;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.applayout.AppLayout;
import com.vaadin.flow.component.applayout.DrawerToggle;
import com.vaadin.flow.component.avatar.Avatar;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.menubar.MenuBar;
import com.vaadin.flow.component.menubar.MenuBarVariant;
import com.vaadin.flow.component.orderedlayout.Scroller;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.component.page.WebStorage;
import com.vaadin.flow.component.sidenav.SideNav;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.Layout;
import com.vaadin.flow.spring.security.AuthenticationContext;
import io.espalier.orchestrator.account.SignedIn;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;

/** The frame of every page for people who are signed in. */
@Layout
@PermitAll
public final class MainLayout extends AppLayout implements BeforeEnterObserver {

  private static final String SCHEME_KEY = "espalier.color-scheme";
  private static final String ACCOUNT = "account";

  private final CurrentUser user;

  public MainLayout(CurrentUser user, AuthenticationContext authentication) {
    this.user = user;
    setPrimarySection(Section.DRAWER);

    var mark = new Image("icons/espalier.svg", "");
    mark.setWidth("28px");
    var brand = new Anchor("", mark, new Span("Espalier"));
    brand.addClassName("brand");
    addToDrawer(brand, new Scroller(navigation(isAdmin(user))));

    var toggle = new DrawerToggle();
    toggle.setAriaLabel("Show or hide the navigation");
    var space = new Div();
    space.addClassName("space");
    addToNavbar(toggle, space);
    user.session().ifPresent(who -> addToNavbar(userMenu(who, authentication)));
    WebStorage.getItem(SCHEME_KEY, MainLayout::applyScheme);
  }

  /** Who was invited has to choose a password first. */
  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    boolean invited = user.session().map(SignedIn::mustChoosePassword).orElse(false);
    if (invited && !event.getLocation().getPath().equals(ACCOUNT)) event.forwardTo(ACCOUNT);
  }

  private static boolean isAdmin(CurrentUser user) {
    return user.session().isPresent() && user.principal().platformAdmin();
  }

  /** By path, since the shell does not know the features. It shows what the role may. */
  private static SideNav navigation(boolean admin) {
    var navigation = new SideNav();
    navigation.getElement().setAttribute("aria-label", "Main");
    navigation.addClassName("main-navigation");
    navigation.addItem(
        new SideNavItem("Home", "", VaadinIcon.HOME.create()),
        new SideNavItem("New fine-tune", "new", VaadinIcon.PLUS_CIRCLE.create()),
        item("Jobs", "jobs", VaadinIcon.TASKS),
        item("Schedules", "schedules", VaadinIcon.CALENDAR_CLOCK),
        item("Datasets", "datasets", VaadinIcon.DATABASE),
        item("Models", "models", VaadinIcon.CUBES),
        item("Budget", "budget", VaadinIcon.PIE_CHART),
        item("Cluster", "cluster", VaadinIcon.SERVER),
        item("Teams", "admin/teams", VaadinIcon.GROUP));
    if (admin) {
      navigation.addItem(
          item("Users", "admin/users", VaadinIcon.USERS),
          item("Audit", "admin/audit", VaadinIcon.RECORDS),
          item("Invariants", "admin/invariants", VaadinIcon.CHECK_CIRCLE));
    }
    return navigation;
  }

  private static SideNavItem item(String label, String path, VaadinIcon icon) {
    var item = new SideNavItem(label, path, icon.create());
    item.setMatchNested(true);
    return item;
  }

  private static MenuBar userMenu(SignedIn who, AuthenticationContext authentication) {
    var menu = new MenuBar();
    menu.addThemeVariants(MenuBarVariant.LUMO_TERTIARY_INLINE);
    menu.addClassName("user-menu");
    var avatar = new Avatar(who.name());
    var item = menu.addItem(avatar);
    item.setAriaLabel("Menu of " + who.name());
    var entries = item.getSubMenu();
    entries.addItem(who.name() + " (" + who.login() + ")").setEnabled(false);
    entries.addSeparator();
    entries.addItem("Your account", _ -> UI.getCurrent().navigate(ACCOUNT));
    entries.addSeparator();
    entries.addItem("Light", _ -> chooseScheme(ColorScheme.Value.LIGHT));
    entries.addItem("Dark", _ -> chooseScheme(ColorScheme.Value.DARK));
    entries.addItem("As the system", _ -> chooseScheme(ColorScheme.Value.SYSTEM));
    entries.addSeparator();
    entries.addItem("Sign out", _ -> authentication.logout());
    return menu;
  }

  private static void chooseScheme(ColorScheme.Value scheme) {
    WebStorage.setItem(SCHEME_KEY, scheme.name());
    UI.getCurrent().getPage().setColorScheme(scheme);
  }

  private static void applyScheme(String stored) {
    for (var scheme : ColorScheme.Value.values()) {
      if (scheme.name().equals(stored)) UI.getCurrent().getPage().setColorScheme(scheme);
    }
  }
}
