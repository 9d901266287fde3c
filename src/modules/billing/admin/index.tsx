import type { AdminModule } from '../../../ui/module.ts'

export const billingAdmin: AdminModule = {
  menu: [
    { group: '收费管理', label: '账单', path: '/billing/bills', needs: 'billing.bill.read' },
    { group: '收费管理', label: '出账', path: '/billing/runs', needs: 'billing.run.read' },
    { group: '收费管理', label: '欠费', path: '/billing/arrears', needs: 'billing.stats.read' },
    { group: '收费管理', label: '减免与核销', path: '/billing/waivers', needs: 'billing.waiver.read' },
    { group: '收费标准', label: '空置与折扣', path: '/billing/discounts', needs: 'billing.waiver.read' },
    { group: '催缴法务', label: '分期协议', path: '/billing/plans', needs: 'billing.plan.read' },
    { group: '催缴法务', label: '法务催收', path: '/billing/legal', needs: 'billing.legal.read' },
    { group: '收费标准', label: '违约金规则', path: '/billing/late-rules', needs: 'billing.item.read' },
    { group: '收费标准', label: '收费项目与单价', path: '/billing/items', needs: 'billing.item.read' },
    { group: '统计分析', label: '收缴率', path: '/billing/collection', needs: 'billing.stats.read' },
  ],
  routes: [
    { path: '/billing/bills', title: '账单', needs: 'billing.bill.read', page: () => import('./BillsPage.tsx'), help: ['每条账单都写明计算过程;点开可见单价依据、出账批次和记账分录。', '已收款的账单要先冲销收款,才能作废。'] },
    { path: '/billing/bills/$bill_id', title: '账单详情', needs: 'billing.bill.read', page: () => import('./BillPage.tsx') },
    { path: '/billing/runs', title: '出账', needs: 'billing.run.read', page: () => import('./RunsPage.tsx'), help: ['先建草稿试算,核对合计、与上期对比和异常,再由另一人发布。', '同一账期重复出账不会产生重复账单。'] },
    { path: '/billing/runs/$run_id', title: '出账批次', needs: 'billing.run.read', page: () => import('./RunPage.tsx'), help: ['异常户可以排除并写明原因。', '发布人须与制单人不同;试算后数据有变化会要求重新试算。'] },
    { path: '/billing/arrears', title: '欠费', needs: 'billing.stats.read', page: () => import('./ArrearsPage.tsx'), help: ['每个数字点开就是对应的账单。', '账龄按到期日算起。'] },
    { path: '/billing/waivers', title: '减免与核销', needs: 'billing.waiver.read', page: () => import('./WaiversPage.tsx'), help: ['在账单列表勾选,或在账单详情、房产档案申请;由另一人在审批中心审批后生效。', '审批时按当时的未收金额核对,已收的不会再减。', '已生效的可以整笔撤销,账单恢复应收。'] },
    { path: '/billing/waivers/$waiver_id', title: '减免详情', needs: 'billing.waiver.read', page: () => import('./WaiverPage.tsx') },
    { path: '/billing/discounts', title: '空置与折扣', needs: 'billing.waiver.read', page: () => import('./DiscountsPage.tsx'), help: ['先设折扣办法(适用项目、缴纳比例、依据),再为房产申请,附证明,由另一人审批。', '生效后出账时自动折扣,按天计算;已出的账单不变,可另行申请减免。'] },
    { path: '/billing/plans', title: '分期协议', needs: 'billing.plan.read', page: () => import('./PlansPage.tsx'), help: ['在房产档案的账单页签订;各期合计须等于所选账单未收金额。', '缴费仍按账单收,系统按先到期先抵计算各期是否缴足。', '任一期逾期超过约定天数自动认定违约,违约金自始计算。'] },
    { path: '/billing/plans/$plan_id', title: '分期协议', needs: 'billing.plan.read', page: () => import('./PlanPage.tsx') },
    { path: '/billing/legal', title: '法务催收', needs: 'billing.legal.read', page: () => import('./LegalPage.tsx'), help: ['在房产档案的账单页立案,包含该缴费人全部逾期账单。', '时效三年,自到期日起算;送达的催缴函、律师函、诉讼与债务人确认使其重新起算。', '不因欠费停水、停电、停暖、停梯或限制门禁。'] },
    { path: '/billing/legal/$case_id', title: '法务催收案', needs: 'billing.legal.read', page: () => import('./LegalCasePage.tsx'), help: ['每一步登记日期、经办人、文书号、送达方式与证明;登记错了作废重登。', '打印文书带逐笔请求与截至今天的违约金。'] },
    { path: '/billing/late-rules', title: '违约金规则', needs: 'billing.item.read', page: () => import('./LateRulesPage.tsx'), help: ['按本金单利逐日计算,部分缴纳从次日起减少基数;不对违约金再计违约金。', '收费台和房产档案显示截至今天的违约金与计算过程;点「计收」生成违约金账单。', '不因欠费停水、停电、停暖、停梯或限制门禁。'] },
    { path: '/billing/collection', title: '收缴率', needs: 'billing.stats.read', page: () => import('./CollectionPage.tsx') },
    { path: '/billing/items', title: '收费项目与单价', needs: 'billing.item.read', page: () => import('./ItemsPage.tsx'), help: ['单价按生效日分版本,调价不影响已出的账单。', '出过账的项目不能改计价方式,请停用后另建。'] },
    { path: '/billing/items/$fee_item_id', title: '收费项目', needs: 'billing.item.read', page: () => import('./ItemPage.tsx') },
  ],
}
