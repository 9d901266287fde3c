import type { AdminModule } from '../../../ui/module.ts'

const READ = 'suppliers.supplier.read'
export const suppliersAdmin: AdminModule = {
  menu: [
    { group: '合同管理', label: '供应商', path: '/suppliers/list', needs: READ, place: 30 },
    { group: '合同管理', label: '供应商承接', path: '/suppliers/works', needs: READ, place: 40 },
    { group: '合同管理', label: '供应商评价办法', path: '/suppliers/scheme', needs: READ, place: 95 },
  ],
  routes: [
    { path: '/suppliers/list', title: '供应商', needs: READ, page: () => import('./SuppliersPage.tsx'), help: ['名称和统一社会信用代码在公司内各只登记一次,代码核对校验位。', '黑名单内的不能再委托,到期自动解除。', '「资质到期」含已经过期的。'] },
    { path: '/suppliers/list/$supplier_id', title: '供应商档案', needs: READ, page: () => import('./SupplierPage.tsx'), help: ['电话和银行账号默认隐藏,查看完整号码会留痕。', '资质到期前按评价办法里的天数提醒对接人,每级一次。', '年度评价按当时的权重计分,更正先作废再重评。'] },
    { path: '/suppliers/works', title: '供应商承接', needs: READ, page: () => import('./WorksPage.tsx'), help: ['委托 → 完工 → 验收评分;验收由委托人以外的人办理,不合格退回返工。', '平均验收分显示在供应商列表。'] },
    { path: '/suppliers/scheme', title: '供应商评价办法', needs: READ, page: () => import('./SchemePage.tsx'), help: ['各项权重合计 100;等级按最低分从高到低取。', '按生效日分版本,已作的评价不变。'] },
  ],
}
