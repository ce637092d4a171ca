// What every page begins with: each part looks for what it is responsible for, and controls are
// given free once somebody listens to them.

import { offerCurrency, offerSignIn } from './account.js';
import { askAddress } from './address.js';
import { showCart } from './cart.js';
import { list } from './listing.js';
import { rememberCart } from './memory.js';
import { keepPrices } from './money.js';
import { showSum, takeOrder } from './payment.js';
import { ready } from './press.js';
import { sell } from './product.js';
import { shop } from './service.js';
import { suggest } from './suggestions.js';
import { follow } from './visit.js';

keepPrices();
suggest();
offerCurrency();
offerSignIn();
list();
sell();
showCart();
askAddress();
showSum();
takeOrder();
follow();
if (shop.regressions.cartComesBack) rememberCart();
ready(document);
