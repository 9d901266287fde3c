import type { AdminModule } from '../../../ui/module.ts'

const READ = 'contracts.contract.read'
export const contractsAdmin: AdminModule = {
  menu: [
    { group: '合同管理', label: '合同台账', path: '/contracts/list', needs: READ, place: 10 },
    { group: '合同管理', label: '签约率', path: '/contracts/signing', needs: READ, place: 20 },
    { group: '合同管理', label: '合同种类', path: '/contracts/kinds', needs: READ, place: 90 },
  ],
  routes: [
    { path: '/contracts/list', title: '合同台账', needs: READ, page: () => import('./ContractsPage.tsx'), help: ['草拟 → 送签(种类要求时先审批)→ 登记签署后生效;到期前按种类的天数提醒责任人,每级一次。', '「已到期」是过了止期没有续签的;续签在原合同上办理,两份互相连着。', '打印和导出都按当前的筛选。'] },
    { path: '/contracts/list/$contract_id', title: '合同详情', needs: READ, page: () => import('./ContractPage.tsx'), help: ['同名的文件再上传就是下一版,旧版都留着。', '可公示的种类,把正文、签署件或附件公示后,业主在手机上看得到;撤下要写原因。', '签署后的内容不能改,变更请续签或终止。'] },
    { path: '/contracts/signing', title: '签约率', needs: READ, page: () => import('./SigningPage.tsx'), help: ['上面是各小区有没有在有效期内的合同,下面是逐户签署的进度。', '应签户数:合同列明房产的按列明,没有列明的按种类规则里计入的房产类别,不含未售和停用。', '已签名单可用 Excel 导入:系统管理 → 数据导入 → 逐户签署名单。'] },
    { path: '/contracts/kinds', title: '合同种类', needs: READ, page: () => import('./KindsPage.tsx'), help: ['提醒天数、审批、签署件要求按生效日分版本,不影响以前的合同。', '可向业主公示的种类才能在合同里公示文件。'] },
  ],
}
