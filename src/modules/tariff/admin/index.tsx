import type { AdminModule } from '../../../ui/module.ts'

export const tariffAdmin: AdminModule = {
  menu: [{ group: '收费标准', label: '价格工坊', path: '/tariff/tariffs', needs: 'tariff.tariff.read' }],
  routes: [
    { path: '/tariff/tariffs', title: '价格工坊', needs: 'tariff.tariff.read', page: () => import('./TariffsPage.tsx'), help: ['一份价目可以有多个费项,各自记账;在「收费项目」里选用价目的费项即可出账。', '草稿由一人编制,另一人发布;发布的版本不能修改,调价请新建版本。'] },
    { path: '/tariff/tariffs/$tariff_id', title: '价目', needs: 'tariff.tariff.read', page: () => import('./TariffPage.tsx'), help: ['先从样例中选一种形状,再改表格里的数字;右边是它的中文公式。', '「试算」用本小区的房产,或粘贴价格文件里的例子;「对比」看两个版本对每户的影响。', '分档的上限含在本档内。'] },
  ],
}
