-- Alarms of devices that were raised before their title was mended say the word twice.
update iot.alarm set title = replace(title, '故障 故障', '故障') where title like '%故障 故障%';
