// journeys/shop/search-then-buy.yaml as somebody would write it for Playwright: the same steps in
// the same order with the same expectations, and Playwright's own waiting.
import assert from 'node:assert/strict';

export async function searchThenBuy(page, shop) {
  await page.goto(shop);
  await page.getByRole('searchbox', { name: 'Search' }).fill('mug');
  const suggestions = page.getByTestId('suggestions').getByRole('link');
  await suggestions.first().waitFor({ state: 'visible' });
  await suggestions.first().hover();
  await page.getByRole('searchbox', { name: 'Search' }).press('Enter');
  await page.waitForURL('**/search?q=mug');
  await page.getByTestId('results').getByRole('link').first().click();
  await page.waitForURL('**/product/*');
  assert.match(await page.title(), /mug/i);
  await page.getByTestId('add-to-cart').click();
  await page.getByRole('link', { name: 'Basket' }).click();
  await page.getByTestId('checkout').click();
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('Street and number').fill('Corner Street 1');
  await page.getByLabel('Postcode').fill('12345');
  await page.getByLabel('Town').fill('Cornerham');
  await page.getByTestId('continue').click();
  await page.getByTestId('place-order').click();
  await page.waitForURL('**/thanks?*');
  await page.getByText('Thank you').first().waitFor({ state: 'visible' });
}
