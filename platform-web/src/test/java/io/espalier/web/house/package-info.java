/** The whole house as people run it, for tests that start, kill and restart its processes. */
package io.espalier.web.house;
