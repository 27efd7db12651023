// A list of enterprises comes in from a spreadsheet, with a result beside every row.
import { check } from '../people.mjs';

const LIST = [
  ['企业名称', '统一社会信用代码', '经营者', '地址', '行政区划', '产品代码', '主体类型'],
  ['正定王不留行建材经营部', '', '王留行', '河北省石家庄市正定县正定镇燕赵大街8号', '130123', '0301', '销售企业'],
  ['正定夏枯草农资经营部', '', '夏草', '河北省石家庄市正定县正定镇燕赵大街9号', '130123', '0501', '销售企业'],
  ['正定错码建材有限公司', '91130123DEM0000001', '', '河北省石家庄市正定县正定镇燕赵大街10号', '130123', '0301', '销售企业'],
];

export async function the_administrator_imports_a_spreadsheet(people) {
  const page = await people.as('gu');
  await page.goto('/imports');
  const buffer = Buffer.from(`\ufeff${LIST.map((row) => row.join(',')).join('\r\n')}\r\n`);
  await page.setInputFiles('[type=file]', { name: '建材农资名录.csv', mimeType: 'text/csv', buffer });
  await page.click('main form button.primary');
  await page.locator('button[value=start]').click();
  await page.locator('header.head .chip.green, header.head .chip', { hasText: /已完成|完成/ }).first().waitFor();
  const tiles = await page.locator('.tile b').allTextContents();
  check(tiles[0].startsWith('2') && tiles[3].startsWith('1'), `two are new and one is refused: ${tiles}`);
  await page.locator('td', { hasText: '统一社会信用代码' }).first().waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('a[href$="outcome=refused"]')]);
  check((await file.failure()) === null, 'the refused rows come back as a sheet');

  const sun = await people.as('sun');
  await sun.goto('/enterprises?q=wblx');
  await sun.locator('main a', { hasText: '王不留行' }).first().waitFor();
}
