import type { AdminModule } from '../../../ui/module.ts'

export const bookingsAdmin: AdminModule = {
  menu: [
    { group: '社区服务', label: '场地日程', path: '/bookings/board', needs: 'bookings.booking.read' },
    { group: '社区服务', label: '预约记录', path: '/bookings/list', needs: 'bookings.booking.read' },
    { group: '社区服务', label: '预约场地', path: '/bookings/places', needs: 'bookings.booking.read' },
  ],
  routes: [
    { path: '/bookings/board', title: '场地日程', needs: 'bookings.booking.read', page: () => import('./BoardPage.tsx'), help: ['一行一个场地,点空的时段代业户预约,点已约的看详情。', '斜纹是停用,灰色是已过;数量多的场地显示还剩几个。', '「打印张贴」打印当天的日程,只有房号,没有姓名电话。'] },
    { path: '/bookings/list', title: '预约记录', needs: 'bookings.booking.read', page: () => import('./BookingsPage.tsx'), help: ['待审核的点开通过或不通过;待付款的到时间没付款自动释放。', '取消后已付的款自动申请退款,由另一人批准;用预存付的请收款处冲销收据。'] },
    { path: '/bookings/list/$booking_id', title: '预约详情', needs: 'bookings.booking.read', page: () => import('./BookingPage.tsx'), help: ['费用怎样算出逐行列明;账单点开看缴费。', '改期后费用不同:没付款的重新出账,已付款的请取消退款再约。', '过了免费取消时间的,按预约时的规则收取逾时取消费;物业原因取消请勾选不收。'] },
    { path: '/bookings/places', title: '预约场地', needs: 'bookings.booking.read', page: () => import('./PlacesPage.tsx'), help: ['数量为 1 的场地独占;多于 1 的按号位分别预约。', '收入归属选公共收益的,场地费记入业主公共收益账。', '新场地先发布规则,业户才看得到;没有价格的不收费。'] },
    { path: '/bookings/places/$resource_id', title: '场地设置', needs: 'bookings.booking.read', page: () => import('./PlacePage.tsx'), help: ['规则和价格按使用那天的版本;已有的预约不受影响。', '停用时段内已有预约的,先改期,或勾选一并取消退款。'] },
  ],
}
