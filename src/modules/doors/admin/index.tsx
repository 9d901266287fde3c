import type { AdminModule } from '../../../ui/module.ts'

export const doorsAdmin: AdminModule = {
  menu: [
    { group: '车辆门禁', label: '门禁状态', path: '/doors/board', needs: 'doors.door.read' },
    { group: '车辆门禁', label: '通行记录', path: '/doors/passages', needs: 'doors.passage.read' },
    { group: '车辆门禁', label: '门禁卡', path: '/doors/cards', needs: 'doors.card.read' },
    { group: '车辆门禁', label: '通行权限', path: '/doors/rights', needs: 'doors.right.read' },
    { group: '车辆门禁', label: '编外人员', path: '/doors/helpers', needs: 'doors.helper.read' },
    { group: '车辆门禁', label: '门禁黑名单', path: '/doors/barred', needs: 'doors.barred.read' },
    { group: '车辆门禁', label: '人脸开门', path: '/doors/faces', needs: 'doors.face.read' },
    { group: '车辆门禁', label: '门禁设置', path: '/doors/setup', needs: 'doors.setup.write' },
  ],
  routes: [
    { path: '/doors/board', title: '门禁状态', needs: 'doors.door.read', page: () => import('./BoardPage.tsx'), help: ['远程开门要写原因,只发给在线的门,以门的回读为准。', '「未生效」是还没写到控制器的名单条数;收紧的先下发。', '断网的门按自己的名单判断,恢复后补传记录;补传不开门、不报警。'] },
    { path: '/doors/passages', title: '通行记录', needs: 'doors.passage.read', page: () => import('./PassagesPage.tsx'), help: ['时间已按控制器的时钟差改正。', '补传是断网后收到的记录,每条只收一次。', '记录过了保存期自动删除,规则在「门禁设置」。'] },
    { path: '/doors/cards', title: '门禁卡', needs: 'doors.card.read', page: () => import('./CardsPage.tsx'), help: ['挂失立即生效到在线的门;还有几扇门未生效显示在这一行。', '补换时工本费按规则出账到房产;欠费不影响任何门。', '能开哪些门由「通行权限」决定,卡只是凭证。'] },
    { path: '/doors/rights', title: '通行权限', needs: 'doors.right.read', page: () => import('./RightsPage.tsx'), help: ['先把门分组,再按人、户、楼栋、全体住户、员工或岗位授权。', '给全体住户或一栋住户授权时,单元门只对本单元住户开放。', '「为何能进」列出一个人能开的每扇门和依据。', '欠费不能作为停权依据,系统也没有这条路径。'] },
    { path: '/doors/helpers', title: '编外人员', needs: 'doors.helper.read', page: () => import('./HelpersPage.tsx'), help: ['保姆、装修工、快递等不在业户档案里的人:有姓名电话、有人担保、有起止日和时段。', '填了服务房产的,单元门只开那套房所在的单元。', '密码八位,到期自动失效;也可以发卡。', '担保的住户在手机上随时可以停止。'] },
    { path: '/doors/barred', title: '门禁黑名单', needs: 'doors.barred.read', page: () => import('./DoorBarredPage.tsx'), help: ['一人提出,另一人批准后才生效,收紧先下发。', '原因只有固定几种,没有欠费;系统也没有这条路径。', '住户回家要走的大门和单元门不能限制,凭法院、公安文书除外。', '限制中的人显示在员工端门岗首页。'] },
    { path: '/doors/faces', title: '人脸开门', needs: 'doors.face.read', page: () => import('./FacesPage.tsx'), help: ['默认不用。按小区设定规则并做完影响评估后才开放。', '每个人单独同意,本人在手机上办,或纸质签字扫描;不满十四周岁由监护人同意。', '必须先有门禁卡或开门码;人脸不能是唯一的方式。', '撤回、到期、搬离或小区停用时照片立即删除,各控制器里的特征删除并回读核对。'] },
    { path: '/doors/setup', title: '门禁设置', needs: 'doors.setup.write', page: () => import('./SetupPage.tsx'), help: ['先建控制器,再按接线登记每一路的门。', '接入地址含口令,只给安装人员;泄露了点「更换接入地址」。'] },
  ],
}
