import type { AdminModule } from '../../../ui/module.ts'

export const ordersAdmin: AdminModule = {
  menu: [
    { group: '客服工单', label: '报修工单', path: '/orders/list', needs: 'orders.order.read', pinned: true },
    { group: '客服工单', label: '派工板', path: '/orders/board', needs: 'orders.order.dispatch' },
    { group: '客服工单', label: '有偿服务', path: '/orders/quotes', needs: 'orders.order.read' },
    { group: '客服工单', label: '建设单位保修', path: '/orders/warranty', needs: 'orders.order.read' },
    { group: '客服工单', label: '备件库存', path: '/orders/stock', needs: 'orders.order.read' },
    { group: '客服工单', label: '回访', path: '/orders/visits', needs: 'orders.order.read' },
    { group: '客服工单', label: '工单统计', path: '/orders/stats', needs: 'orders.order.read' },
    { group: '设备设施', label: '全寿命成本', path: '/orders/equipment-life', place: 70, needs: 'orders.order.read' },
    { group: '设备设施', label: '设备故障统计', path: '/orders/equipment-stats', place: 60, needs: 'orders.order.read' },
    { group: '客服工单', label: '工单设置', path: '/orders/setup', needs: 'orders.order.read' },
  ],
  routes: [
    { path: '/orders/list', title: '报修工单', needs: 'orders.order.read', page: () => import('./OrdersPage.tsx'), help: ['上方按状态看件数,点一下只看这一种;红色为超时。', '来电时点「登记报修」,输入电话、末四位或房号,系统认出是谁。', '待派单的点开后「派单」,名单按当班、工种、责任区、手上单数排好。'] },
    { path: '/orders/list/$order_id', title: '工单详情', needs: 'orders.order.read', page: () => import('./OrderPage.tsx'), help: ['时限在报修时按分类一次算定;挂起的时间会加到时限上。', '每一步由谁在何时做的都在进度里,照片点开看大图。'] },
    { path: '/orders/board', title: '派工板', needs: 'orders.order.dispatch', page: () => import('./BoardPage.tsx'), help: ['左边是待派单,右边一人一列;拖到谁那里就派给谁,或先点单、再点「派到这里」。', '每 15 秒刷新,有新的待派单会响一声;红色为超时。'] },
    { path: '/orders/quotes', title: '有偿服务', needs: 'orders.order.read', page: () => import('./QuotesPage.tsx'), help: ['维修人员在手机上按价目报价,业户签字同意后才动手;完工时自动出账,收款台和业主手机都能缴。', '改价要业户重新签字;已出账的作废由另一人批准。', '价目在「工单设置 → 有偿服务价目」。'] },
    { path: '/orders/warranty', title: '建设单位保修', needs: 'orders.order.read', page: () => import('./WarrantyPage.tsx'), help: ['工单详情显示部位是否在保修期内;「通知建设单位保修」生成通知书,打印送达。', '拒修或逾期的自行维修,费用经另一人批准从保修金扣除。', '建设单位、保修金和保修期限在「工单设置 → 保修」。'] },
    { path: '/orders/stock', title: '备件库存', needs: 'orders.order.read', page: () => import('./StockPage.tsx'), help: ['每小区一个库房;入库按金额,领用按移动加权平均计价。', '维修人员在工单里领用和退库;盘点差异由另一人批准。'] },
    { path: '/orders/visits', title: '回访', needs: 'orders.order.read', page: () => import('./VisitsPage.tsx'), help: ['按规则抽取:普通报修按比例,差评和返修必访。', '没有联系上的留在待回访;没有解决的到工单页重开。'] },
    { path: '/orders/stats', title: '工单统计', needs: 'orders.order.read', page: () => import('./StatsPage.tsx'), help: ['每个数字点开是它统计的工单。', '按报修日统计;取消和不受理的不计。'] },
    { path: '/orders/equipment-life', title: '设备全寿命成本', needs: 'orders.order.read', page: () => import('./EquipmentLifePage.tsx'), help: ['合计 = 购置 + 登记的保养、检验、外修等 + 工单领用和购买的材料;点设备看每一笔。', '利用率 = 首次到最近一次抄运行小时之间的运行小时 ÷ 这段日历小时。', '投用不满一年的不算平均每年。'] },
    { path: '/orders/equipment-stats', title: '设备故障统计', needs: 'orders.order.read', page: () => import('./EquipmentStatsPage.tsx'), help: ['点系统看类别,点类别看设备,点设备看台账;次数点开是它统计的工单。', '停机时间取自设备的状态记录(维修);故障次数取自报修工单,报修时勾了「设备已停机」的算停机故障。', '平均修复只计已完工的;仍停着的计入停机时间。'] },
    { path: '/orders/setup', title: '工单设置', needs: 'orders.order.read', page: () => import('./SetupPage.tsx'), help: ['分类的时限按生效日分版本,已报修的工单不受影响。', '工作时间按工作时段和节假日安排计算;节假日在「违约金规则」页维护。', '接单人员是有「处理工单」权限的员工,在此设工种、责任楼栋和当班时段。'] },
  ],
}
