/** Declares the metrics of every part, for the docs; a replica has them by its parts. */
import './accounts/sessions/metrics.js';
import './cluster/metrics.js';
import './doors/metrics.js';
import './health/metrics.js';
import './kernel/metrics.js';
import './logs/metrics.js';
import './messages/metrics.js';
import './sockets/metrics.js';
import './store/metrics.js';
