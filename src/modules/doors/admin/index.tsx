import type { AdminModule } from '../../../ui/module.ts'

export const doorsAdmin: AdminModule = {
  menu: [
    { group: '车辆门禁', label: '门禁状态', path: '/doors/board', needs: 'doors.door.read' },
    { group: '车辆门禁', label: '通行记录', path: '/doors/passages', needs: 'doors.passage.read' },
    { group: '车辆门禁', label: '门禁卡', path: '/doors/cards', needs: 'doors.card.read' },
    { group: '车辆门禁', label: '通行权限', path: '/doors/rights', needs: 'doors.right.read' },
    { group: '车辆门禁', label: '门禁设置', path: '/doors/setup', needs: 'doors.setup.write' },
  ],
  routes: [
    { path: '/doors/board', title: '门禁状态', needs: 'doors.door.read', page: () => import('./BoardPage.tsx'), help: ['远程开门要写原因,只发给在线的门,以门的回读为准。', '「未生效」是还没写到控制器的名单条数;收紧的先下发。', '断网的门按自己的名单判断,恢复后补传记录;补传不开门、不报警。'] },
    { path: '/doors/passages', title: '通行记录', needs: 'doors.passage.read', page: () => import('./PassagesPage.tsx'), help: ['时间已按控制器的时钟差改正。', '补传是断网后收到的记录,每条只收一次。', '记录过了保存期自动删除,规则在「门禁设置」。'] },
    { path: '/doors/cards', title: '门禁卡', needs: 'doors.card.read', page: () => import('./CardsPage.tsx'), help: ['挂失立即生效到在线的门;还有几扇门未生效显示在这一行。', '补换时工本费按规则出账到房产;欠费不影响任何门。', '能开哪些门由「通行权限」决定,卡只是凭证。'] },
    { path: '/doors/rights', title: '通行权限', needs: 'doors.right.read', page: () => import('./RightsPage.tsx'), help: ['先把门分组,再按人、户、楼栋、全体住户、员工或岗位授权。', '给全体住户或一栋住户授权时,单元门只对本单元住户开放。', '「为何能进」列出一个人能开的每扇门和依据。', '欠费不能作为停权依据,系统也没有这条路径。'] },
    { path: '/doors/setup', title: '门禁设置', needs: 'doors.setup.write', page: () => import('./SetupPage.tsx'), help: ['先建控制器,再按接线登记每一路的门。', '接入地址含口令,只给安装人员;泄露了点「更换接入地址」。'] },
  ],
}
