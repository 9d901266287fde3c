import type { AdminModule } from '../../../ui/module.ts'

export const staffAdmin: AdminModule = {
  menu: [
    { group: '人事管理', label: '员工名册', path: '/staff/employees', needs: 'staff.file.view' },
    { group: '人事管理', label: '员工证书', path: '/staff/certs', needs: 'staff.file.view' },
    { group: '人事管理', label: '请假与加班', path: '/staff/absences', needs: 'staff.leave.view' },
    { group: '人事管理', label: '岗位与编制', path: '/staff/posts', needs: 'staff.org.read' },
    { group: '人事管理', label: '部门', path: '/staff/departments', needs: 'staff.org.read' },
    { group: '人事管理', label: '人事规则', path: '/staff/setup', needs: 'staff.org.read' },
  ],
  routes: [
    { path: '/staff/employees', title: '员工名册', needs: 'staff.file.view', page: () => import('./EmployeesPage.tsx'), help: ['默认列出在册的员工;离职的在「状态」里选。', '上方按钮是要办的事:未持证上岗、证书和合同将到期、试用期将满。', '批量建档用「导入」:先下载模板,上传后预览,确认无误再入库,可整批撤销。'] },
    { path: '/staff/employees/$employee_id', title: '员工档案', needs: 'staff.file.view', page: () => import('./EmployeePage.tsx'), help: ['手机和证件号打码显示,点「查看完整号码」才显示,每次查看都有记录。', '调动按生效日登记,可以预先登记;入职以来的岗位都保留。', '办理离职后按人事规则列出交接事项;最后工作日过后自动停用登录账号。'] },
    { path: '/staff/certs', title: '员工证书', needs: 'staff.file.view', page: () => import('./CertsPage.tsx'), help: ['「缺少」是岗位要求而没有登记的证书。', '到期前按人事规则的天数提醒,每步一次;提醒本人和办理人事的人。', '同一种证书续期请再登记一张,旧的保留。'] },
    { path: '/staff/absences', title: '请假与加班', needs: 'staff.leave.view', page: () => import('./AbsencesPage.tsx'), help: ['员工在员工端自己申请;没有账号的由人事代申请。', '申请到「审批中心」批准;流程可在审批流程里设定。', '批准后没有休的点「销假」,不再计入余额。'] },
    { path: '/staff/posts', title: '岗位与编制', needs: 'staff.org.read', page: () => import('./PostsPage.tsx'), help: ['持证率 = 已持齐岗位要求证书的人数 ÷ 须持证的人数;低于规则要求的标红。', '点数字看是哪些人。', '编制和证书要求按生效日设定,过去的不能改写。'] },
    { path: '/staff/posts/$post_id', title: '岗位', needs: 'staff.org.read', page: () => import('./PostPage.tsx'), help: ['编制按小区设定,公司本部单独设定。', '要求的证书每种都要有才算持证。'] },
    { path: '/staff/departments', title: '部门', needs: 'staff.org.read', page: () => import('./DepartmentsPage.tsx'), help: ['改名、换上级从生效日起,以前的名称和上级保留在「沿革」里。', '还有人或下级部门的不能撤销。'] },
    // The address that messages carry to whoever holds a certificate.
    { path: '/staff/mine', title: '我的档案', page: () => import('./MyPage.tsx'), help: ['号码打码显示;有变动请告诉公司人事。'] },
    { path: '/staff/setup', title: '人事规则', needs: 'staff.org.read', page: () => import('./SetupPage.tsx'), help: ['提醒天数、签合同期限、持证率要求、信息保留天数、交接事项按生效日设定。', '证书种类与「检验与证件」里人员证件同名的是同一种,值班排班时两处登记都算数。'] },
  ],
}
