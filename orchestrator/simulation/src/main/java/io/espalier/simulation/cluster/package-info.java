/**
 * A cluster that is not there: platform nodes on one database, a network, hosts with daemons and
 * trainers, people, and faults that befall them all. What nodes and daemons decide is the domain's
 * code; what is simulated is processes, messages, disks and clocks.
 */
@NullMarked
package io.espalier.simulation.cluster;

import org.jspecify.annotations.NullMarked;
