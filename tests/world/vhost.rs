//! The test's virtual host on the broker.

use hub112::bus::accounts::Management;

/// Makes the virtual host.
pub async fn create(management_url: String, vhost: String) {
    super::on_a_thread(move || async move {
        let management = Management::new(&management_url.into(), &vhost).expect("the management interface");
        management.put_vhost().await.expect("a virtual host");
    });
}

/// Removes it with its queues; connections to it end.
pub fn remove(management_url: String, vhost: String) {
    super::on_a_thread(move || async move {
        let management = Management::new(&management_url.into(), &vhost).expect("the management interface");
        management.remove_vhost().await.expect("the virtual host removed");
    });
}
