import type { AdminModule } from '../../../ui/module.ts'

export const attendanceAdmin: AdminModule = {
  menu: [
    { group: '人事管理', label: '考勤月表', path: '/attendance/sheet', needs: 'attendance.sheet.view' },
    { group: '人事管理', label: '考勤排班', path: '/attendance/roster', needs: 'attendance.roster.view' },
    { group: '人事管理', label: '打卡记录', path: '/attendance/punches', needs: 'attendance.sheet.view' },
    { group: '人事管理', label: '补卡', path: '/attendance/fixes', needs: 'attendance.sheet.view' },
    { group: '人事管理', label: '考勤组', path: '/attendance/teams', needs: 'attendance.roster.view' },
    { group: '人事管理', label: '考勤设置', path: '/attendance/setup', needs: 'attendance.setup.read' },
  ],
  routes: [
    { path: '/attendance/sheet', title: '考勤月表', needs: 'attendance.sheet.view', page: () => import('./SheetPage.tsx'), help: ['每格是一天的结果,点开看打卡、请假和判定依据。', '月份结束后「发员工确认」,员工在手机上确认或写明异议;「关账」之后不再变动。', '已关账的月份有错:在未关账的月份「登记更正」,或由有权限的人写明原因重新打开。', '综合计算工时的考勤组,出勤超过标准工时的部分单列为超标准。'] },
    { path: '/attendance/roster', title: '考勤排班', needs: 'attendance.roster.view', page: () => import('./RosterPage.tsx'), help: ['先在上方选班次(或休息、清除),再在格子上点或拖;松开鼠标就保存。', '键盘:方向键移动,空格涂当前班次。', '改今天以前的日期须写明原因;已关账的月份不能改。', '「按规律」可排四班三运转、三班两倒、双休、单休、大小周,按放假安排自动休息。'] },
    { path: '/attendance/punches', title: '打卡记录', needs: 'attendance.sheet.view', page: () => import('./PunchesPage.tsx'), help: ['手机打卡记手机时间和服务器收到时间;断网时打的卡按手机与服务器的时差推算。', '「手机时间可疑」是手机时间被改过或对不上,请核实。', '定位和照片到考勤规则的天数后删除,打卡时间保留。'] },
    { path: '/attendance/fixes', title: '补卡', needs: 'attendance.sheet.view', page: () => import('./FixesPage.tsx'), help: ['员工在手机上申请,由有「批准补卡」权限的人在审批中心批准。', '每月次数和可补天数在考勤规则里设定。'] },
    { path: '/attendance/teams', title: '考勤组', needs: 'attendance.roster.view', page: () => import('./TeamsPage.tsx'), help: ['同一天一个人只在一个考勤组。', '综合计算和不定时工时制须有劳动部门的批准文号。'] },
    { path: '/attendance/teams/$team_id', title: '考勤组', needs: 'attendance.roster.view', page: () => import('./TeamPage.tsx'), help: ['人员按日期编入和移出,历史保留。', '名称、工时制和打卡方式按生效日设定。'] },
    { path: '/attendance/setup', title: '考勤设置', needs: 'attendance.setup.read', page: () => import('./SetupPage.tsx'), help: ['班次、规则按生效日设定,过去的不能改写。', '放假安排随产品带有国务院办公厅已公布的年份;新的年份公布后在这里登记。'] },
  ],
}
