import type { AdminModule } from '../../../ui/module.ts'

const READ = 'duty.room.read'
export const dutyAdmin: AdminModule = {
  menu: [
    { group: '值班应急', label: '值班总览', path: '/duty/board', needs: READ },
    { group: '值班应急', label: '排班表', path: '/duty/rosters', needs: READ },
    { group: '值班应急', label: '值班运行记录', path: '/duty/sheets', needs: READ },
    { group: '值班应急', label: '交接班记录', path: '/duty/handovers', needs: READ },
    { group: '值班应急', label: '值班室设置', path: '/duty/rooms', needs: READ },
  ],
  routes: [
    { path: '/duty/board', title: '值班总览', needs: READ, page: () => import('./BoardPage.tsx'), help: ['每分钟自动刷新:谁在岗、有没有接班、运行记录欠几次。', '缺人、未交接和漏记标红;空班点开到排班表。', '带「证」的为持有效证件的人。'] },
    { path: '/duty/rosters', title: '排班表', needs: READ, page: () => import('./RosterPage.tsx'), help: ['把右边的人拖到格子里;点格子也可选人;从一格拖到另一格是调班。', '「按规律」一次排完四班三倒;「批量」给一段日子排同样的人;「复制上月」按日期或按星期。', '红格为人数或持证不足;名字下的标记说明证件到期、同时排了两处、连续值班超时。'] },
    { path: '/duty/sheets', title: '值班运行记录', needs: READ, page: () => import('./SheetPage.tsx'), help: ['每个时段一行,超限的标红;过时补上的写明「补记」。', '跨零点的时段归班次开始那天。', '打印的一张就是当天的纸质记录表。'] },
    { path: '/duty/handovers', title: '交接班记录', needs: READ, page: () => import('./HandoversPage.tsx'), help: ['点一行看清点、未完事项和双方签名。', '没有人交班、自己上岗的,交班人为空。'] },
    { path: '/duty/rooms', title: '值班室设置', needs: READ, page: () => import('./RoomsPage.tsx'), help: ['每个值班室:班次、交接清点单、运行记录表。', '「值班要求」按生效日分版本,可只对一个值班室设定。', '运行记录的表格在「巡查设置 → 检查表」维护,设上下限后超限自动提示。'] },
  ],
}
