import { config } from 'zod';

// Otherwise zod tries, as soon as a schema is made, whether it may compile code; the page's Content-Security-Policy
// forbids it and every load would report a violation. Has to run before the contract is loaded.
config({ jitless: true });
