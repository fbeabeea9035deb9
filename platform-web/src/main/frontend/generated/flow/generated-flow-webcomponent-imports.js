import { injectGlobalWebcomponentCss } from 'Frontend/generated/jar-resources/theme-util.js';

import '@vaadin/login/src/vaadin-login-form.js';
import '@vaadin/button/src/vaadin-button.js';
import '@vaadin/tooltip/src/vaadin-tooltip.js';
import 'Frontend/generated/jar-resources/disableOnClickFunctions.js';
import '@vaadin/dialog/src/vaadin-dialog.js';
import 'Frontend/generated/jar-resources/flow-component-renderer.js';
import 'Frontend/generated/jar-resources/flow-component-directive.js';
import '@vaadin/number-field/src/vaadin-number-field.js';
import '@vaadin/text-field/src/vaadin-text-field.js';
import '@vaadin/notification/src/vaadin-notification.js';
import '@vaadin/app-layout/src/vaadin-app-layout.js';
import '@vaadin/scroller/src/vaadin-scroller.js';
import '@vaadin/side-nav/src/vaadin-side-nav.js';
import '@vaadin/side-nav/src/vaadin-side-nav-item.js';
import '@vaadin/app-layout/src/vaadin-drawer-toggle.js';
import '@vaadin/icons/vaadin-iconset.js';
import '@vaadin/icon/src/vaadin-icon.js';
import 'Frontend/generated/jar-resources/menubarConnector.js';
import 'Frontend/generated/jar-resources/contextMenuConnector.js';
import '@vaadin/menu-bar/src/vaadin-menu-bar.js';
import '@vaadin/context-menu/src/vaadin-context-menu.js';
import 'Frontend/generated/jar-resources/contextMenuTargetConnector.js';
import '@vaadin/avatar/src/vaadin-avatar.js';
import '@vaadin/common-frontend/ConnectionIndicator.js';
import 'Frontend/generated/jar-resources/ReactRouterOutletElement.tsx';

const loadOnDemand = (key) => {
  const pending = [];
  if (key === '745366aa232d32814cfb8f94de7bc30d8550fa916af95c1d172f091c2108e2af') {
    pending.push(import('./chunks/chunk-6ef5fc72567d269f49000010655835b3190b903c329ee54e07c15de2849ba1b3.js'));
  }
  if (key === 'ced1d18f67b90d07767c92c55fe689228c7958089bb0bbbae1b5617eacc1fa53') {
    pending.push(import('./chunks/chunk-c38d37d4e2e1bb50264a68cc3b76170ee6264a72f6c80ca356a3e12dab883067.js'));
  }
  if (key === 'b33597d5aa226bd8376a54fad4a14441d0287c9f6616b03aa827101969a3d310') {
    pending.push(import('./chunks/chunk-ae57b178a6f6400c030cd6167511f992a911c88202efd390508feafee06a73ee.js'));
  }
  if (key === 'a92e228058f1166b11beb959b84978df721a78fab9cf9d7604426ec5f6360e1e') {
    pending.push(import('./chunks/chunk-e9db2138fa84beb1c1b59602b2514dcde761c7701f7283e4dee9a5614eb9f81f.js'));
  }
  if (key === '109b7c563c7fd88b051d980e1088510e763fb22c85eefff46bd41e9d8c3b2af3') {
    pending.push(import('./chunks/chunk-22c5893defff71f362d03fe65e9fc27c5b3fca7106f79a94dab34b07aef10af8.js'));
  }
  if (key === '80b67e99efb4cc64e1c5f1ed1ea3378af0d6a34b4f1ce2c5bce5b2333ff19742') {
    pending.push(import('./chunks/chunk-60a1f6a631b309ed2d8455ee80bf903830aff6a77f3b3e720304c380f4ca0474.js'));
  }
  return Promise.all(pending);
}
window.Vaadin = window.Vaadin || {};
window.Vaadin.Flow = window.Vaadin.Flow || {};
window.Vaadin.Flow.loadOnDemand = loadOnDemand;
window.Vaadin.Flow.resetFocus = () => {
 let ae=document.activeElement;
 while(ae&&ae.shadowRoot) ae = ae.shadowRoot.activeElement;
 return !ae || ae.blur() || ae.focus() || true;
}