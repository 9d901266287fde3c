import type { AdminModule } from '../../../ui/module.ts'

export const accessAdmin: AdminModule = {
  menu: [
    { group: '车辆门禁', label: '访客', path: '/access/visits', needs: 'access.visit.read' },
    { group: '车辆门禁', label: '访客黑名单', path: '/access/barred', needs: 'access.barred.read' },
  ],
  routes: [
    { path: '/access/visits', title: '访客', needs: 'access.visit.read', page: () => import('./VisitsPage.tsx'), help: ['业主在手机邀请,访客出示通行码;没有邀请的在这里或员工端登记。', '登记了车牌的访客车到入口自动放行。', '超过登记时间还没离开的显示为「超时未离」,请门岗核实。', '记录过了保存期自动删除,规则在「访客规则」。'] },
    { path: '/access/barred', title: '访客黑名单', needs: 'access.barred.read', page: () => import('./BarredPage.tsx'), help: ['按电话、车牌或证件号认人;证件号只留摘要,不保存原文。', '名单上的人:业主邀请不了,门岗放不进,车牌不作访客放行。', '必须写明原因和截止日,到期自动失效。'] },
  ],
}
