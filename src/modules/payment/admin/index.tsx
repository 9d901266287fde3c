import type { AdminModule } from '../../../ui/module.ts'

export const paymentAdmin: AdminModule = {
  menu: [
    { group: '收费管理', label: '收费台', path: '/payment/desk', needs: 'payment.payment.take', pinned: true },
    { group: '收费管理', label: '收款记录', path: '/payment/payments', needs: 'payment.payment.read' },
    { group: '收费管理', label: '收据', path: '/payment/receipts', needs: 'payment.payment.read' },
    { group: '收费管理', label: '冲销审批', path: '/payment/reversals', needs: 'payment.payment.read' },
    { group: '收费管理', label: '预存', path: '/payment/wallets', needs: 'payment.wallet.read' },
    { group: '财务管理', label: '收费员日报', path: '/payment/daily', needs: 'payment.report.read' },
    { group: '财务管理', label: '线上订单', path: '/payment/orders', needs: 'payment.payment.read' },
    { group: '财务管理', label: '电子发票', path: '/payment/invoices', needs: 'payment.invoice.read' },
    { group: '财务管理', label: '渠道账单', path: '/payment/channel-bills', needs: 'payment.channel.read' },
    { group: '财务管理', label: '支付渠道', path: '/payment/channels', needs: 'payment.channel.read' },
    { group: '统计分析', label: '收缴汇总', path: '/payment/collection', needs: 'payment.report.read' },
  ],
  routes: [
    {
      path: '/payment/desk', title: '收费台', needs: 'payment.payment.take', page: () => import('./DeskPage.tsx'),
      help: ['F2 找房:房号、姓名、首字母、手机末四位、车牌都可以,回车选中。', '上下键在账单间移动,空格勾选,直接输入数字可只收一部分。', 'F4 到收款方式,F6 增加一种方式,F7 多收的钱在找零与转预存之间切换。', 'F9 收款,F8 打印收据,收完按 F2 找下一户。'],
    },
    { path: '/payment/payments', title: '收款记录', needs: 'payment.payment.read', page: () => import('./PaymentsPage.tsx'), help: ['合计是全部筛选结果的合计,与导出一致。', '收错了请申请冲销,由另一人审批;收据号保留并标为作废。'] },
    { path: '/payment/payments/$payment_id', title: '收款详情', needs: 'payment.payment.read', page: () => import('./PaymentPage.tsx') },
    { path: '/payment/receipts', title: '收据', needs: 'payment.payment.read', page: () => import('./ReceiptsPage.tsx'), help: ['收据号在号段内连续,作废的号码保留。'] },
    { path: '/payment/reversals', title: '冲销审批', needs: 'payment.payment.read', page: () => import('./ReversalsPage.tsx'), help: ['申请人不能审批自己的申请。', '批准后账单恢复未缴,记账自动冲回,收据作废。'] },
    { path: '/payment/wallets', title: '预存', needs: 'payment.wallet.read', page: () => import('./WalletsPage.tsx') },
    { path: '/payment/daily', title: '收费员日报', needs: 'payment.report.read', page: () => import('./DailyPage.tsx'), help: ['每个数字点开是对应的收款。', '冲销按批准的那天计入。'] },
    { path: '/payment/collection', title: '收缴汇总', needs: 'payment.report.read', page: () => import('./CollectedPage.tsx') },
    { path: '/payment/orders', title: '线上订单', needs: 'payment.payment.read', page: () => import('./OrdersPage.tsx'), help: ['「确认中」的订单系统会自动向渠道查询,不会重复扣款。'] },
    { path: '/payment/invoices', title: '电子发票', needs: 'payment.invoice.read', page: () => import('./InvoicesPage.tsx'), help: ['业主在手机上申请,或在收款详情中代为申请;失败的会用同一请求号自动重试。', '收款被冲销或退款时自动红冲整张发票,剩下的收款可以重新申请。', '合计只算已开具的,红票为负。'] },
    { path: '/payment/invoice-settings', title: '开票设置', needs: 'payment.invoice.read', page: () => import('./InvoiceSettingsPage.tsx'), help: ['税率和编码按收款日取当时生效的一版,改动只影响以后的收款。'] },
    { path: '/payment/channel-bills', title: '渠道账单', needs: 'payment.channel.read', page: () => import('./ChannelBillsPage.tsx'), help: ['每个渠道每天两份:交易账单和资金账单,次日 10:15 起自动获取,没有取到会再取。', '合计与渠道文件自己的合计不符时不入库;取到的账单不会重复获取。'] },
    { path: '/payment/channel-bills/$channel_bill_id', title: '渠道账单详情', needs: 'payment.channel.read', page: () => import('./ChannelBillPage.tsx') },
    { path: '/payment/channels', title: '支付渠道', needs: 'payment.channel.read', page: () => import('./ChannelsPage.tsx'), help: ['渠道逐个启用;签名不符或内容不符的通知会留证并在这里显示。'] },
  ],
}
