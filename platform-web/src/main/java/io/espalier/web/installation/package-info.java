/** Where this installation is: on the network, and on the disk beside the platform's own jar. */
@NullMarked
package io.espalier.web.installation;

import org.jspecify.annotations.NullMarked;
